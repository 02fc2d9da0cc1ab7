#include <algorithm>

#include "daemon/completion/completion.h"

namespace trunkd {
namespace {

constexpr const char* kZshHead = R"script(#compdef trunkd
# zsh completion for trunkd; printed by `trunkd completion zsh`.

# The sessions of the running daemon; nothing if there is none.
_trunkd_sessions() {
  local -a place names
  local i
  for ((i = 2; i < ${#line_words}; i++)); do
    case ${line_words[i]} in
      -c | --config | --socket)
        place+=("${line_words[i]}" "${${(Q)line_words[i+1]}/#\~\//$HOME/}")
        ;;
      --config=* | --socket=*) place+=("${(Q)line_words[i]}") ;;
    esac
  done
  names=(${(f)"$(${(Q)line_words[1]/#\~\//$HOME/} ctl $place __complete sessions \
    2>/dev/null </dev/null)"})
  (( $#names )) && _describe -t sessions session names
}

)script";

constexpr const char* kZshTail = R"script(
_trunkd() {
  local -a line_words=("${words[@]}")  # _arguments shortens `words`
  _trunkd_line
}

if [[ $funcstack[1] == _trunkd ]]; then
  _trunkd "$@"  # loaded by the first completion
else
  compdef _trunkd trunkd  # read in by hand
fi
)script";

// In single quotes; `special` characters get a backslash.
std::string zsh_text(const std::string& text, const char* special) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      if (std::string_view(special).find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string zsh_function(const CommandInfo& command) {
  std::string name = "_trunkd_line" + (command.path.empty() ? "" : '_' + command.path);
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

// ":MESSAGE:ACTION" of _arguments.
std::string zsh_value(const ValueInfo& value) {
  const std::string message = ':' + zsh_text(value.placeholder, ":\\") + ':';
  switch (value.kind) {
    case ValueInfo::Kind::none:
      return {};
    case ValueInfo::Kind::text:
      return message + ' ';  // says what is expected, and offers nothing
    case ValueInfo::Kind::file:
      return message + "_files";
    case ValueInfo::Kind::session:
      return message + "_trunkd_sessions";
    case ValueInfo::Kind::choice: {
      std::string words;
      for (const std::string& word : value.choices) words += (words.empty() ? "" : " ") + word;
      return message + '(' + words + ')';
    }
  }
  return {};
}

// '(-c --config)'{-c,--config}'[...]:FILE:_files'; a "*" in front if it may be repeated.
std::string zsh_option(const OptionInfo& option) {
  const bool valued = option.value.kind != ValueInfo::Kind::none;
  std::string all, spellings;
  for (const std::string& name : option.names) {
    all += (all.empty() ? "" : " ") + name;
    spellings += (spellings.empty() ? "" : ",") + name;
    if (valued) spellings += name.starts_with("--") ? "=" : "+";
  }
  const std::string front = option.repeatable ? "'*'" : "'(" + all + ")'";
  const std::string names = option.names.size() > 1 ? '{' + spellings + '}' : spellings;
  return front + names + "'[" + zsh_text(short_description(option.description), "[]\\") + ']' +
         zsh_value(option.value) + '\'';
}

std::string zsh_argument(const ArgumentInfo& argument) {
  const char* place = argument.repeatable ? "*" : argument.required ? "" : ":";
  return '\'' + std::string(place) + zsh_value(argument.value) + '\'';
}

std::string zsh_commands(const CommandInfo& command) {
  std::string names, cases;
  for (const CommandInfo& below : command.commands) {
    names += "        '" + zsh_text(below.name, ":\\") + ':' +
             zsh_text(short_description(below.description), "\\") + "'\n";
    cases += "        " + below.name;
    for (const std::string& alias : below.aliases) cases += " | " + alias;
    cases += ") " + zsh_function(below) + " ;;\n";
  }
  return "  case $state in\n    command)\n      local -a commands=(\n" + names +
         "      )\n      _describe -t commands command commands\n      ;;\n    rest)\n"
         "      case $line[1] in\n" +
         cases + "      esac\n      ;;\n  esac\n";
}

std::string zsh_command(const CommandInfo& command) {
  std::string arguments;
  for (const OptionInfo& option : command.options) arguments += " \\\n    " + zsh_option(option);
  for (const ArgumentInfo& argument : command.arguments) {
    arguments += " \\\n    " + zsh_argument(argument);
  }
  const std::string head = zsh_function(command) + "() {\n";
  if (command.commands.empty()) return head + "  _arguments -s" + arguments + "\n}\n";
  return head +
         "  local curcontext=$curcontext state\n  local -a line\n"
         "  _arguments -s -C -A '-*'" +
         arguments + " \\\n    '1: :->command' \\\n    '*:: :->rest'\n" + zsh_commands(command) +
         "}\n";
}

}  // namespace

std::string zsh_completion(const CommandInfo& root) {
  std::string out = kZshHead;
  for (const CommandInfo* command : all_commands(root)) out += zsh_command(*command);
  return out + kZshTail;
}

}  // namespace trunkd
