#include "daemon/completion/completion.h"

namespace trunkd {
namespace {

// Tables come first, as functions that set variables of the caller: completing forks nothing but
// the question for sessions.
constexpr const char* kBashHead =
    R"script(# bash completion for trunkd; printed by `trunkd completion bash`.
# shellcheck shell=bash disable=SC2034  # the functions below set what their caller declares

)script";

constexpr const char* kBashTail = R"script(
# The sessions of the running daemon; nothing if there is none.
_trunkd_sessions() {
  local name
  while IFS= read -r name; do
    [[ $name == "$current"* ]] && COMPREPLY+=("$name")
  done < <("${COMP_WORDS[0]/#\~\//$HOME/}" ctl "${place[@]}" __complete sessions \
    </dev/null 2>/dev/null)
}

_trunkd_files() {
  local name
  compopt -o filenames 2>/dev/null
  while IFS= read -r name; do
    COMPREPLY+=("$name")
  done < <(compgen -f -- "$current")
}

# Notes where the daemon is, if the option $1 with the value $2 says so.
_trunkd_note_place() {
  local value=${2//\\/}
  case $1 in
    -c | --config | --socket) place+=("$1" "${value/#\~\//$HOME/}") ;;
  esac
}

_trunkd() {
  local current=${COMP_WORDS[COMP_CWORD]} command='' option='' count=0 i word
  local commands='' options='' value='' argument='' entered=''
  local -a place=()
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $option ]]; then
      [[ $word == '=' ]] && continue  # --option=value comes as three words
      _trunkd_note_place "$option" "$word"
      option=
    elif [[ $word == --*=* ]]; then  # or as one
      _trunkd_note_place "${word%%=*}" "${word#*=}"
    elif [[ $word == -* ]]; then
      _trunkd_value "$command" "$word"
      [[ $value ]] && option=$word
    else
      _trunkd_enter "$command" "$word"
      if [[ $entered ]]; then command=$entered; else ((count++)); fi
    fi
  done

  local before=
  [[ $option && $current == '=' ]] && current=
  if [[ ! $option && $current == --*=* ]]; then
    option=${current%%=*} before=${current%%=*}= current=${current#*=}
  fi
  if [[ $option ]]; then
    _trunkd_value "$command" "$option"
  elif [[ $current == -* ]]; then
    _trunkd_options "$command"
    value=$options
  else
    _trunkd_commands "$command"
    _trunkd_argument "$command" "$count"
    value=${commands:-$argument}
  fi
  case $value in
    '' | text) ;;
    file) _trunkd_files ;;
    session) _trunkd_sessions ;;
    *)
      while IFS= read -r word; do
        COMPREPLY+=("$word")
      done < <(compgen -W "$value" -- "$current")
      ;;
  esac
  [[ $before ]] && COMPREPLY=("${COMPREPLY[@]/#/$before}")
  return 0
}

complete -F _trunkd trunkd
)script";

std::string joined(const std::vector<std::string>& words, const char* separator) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : separator) + word;
  return out;
}

// What stands for a value in the tables: a kind, or the words themselves.
std::string bash_value(const ValueInfo& value) {
  switch (value.kind) {
    case ValueInfo::Kind::none:
      return {};
    case ValueInfo::Kind::text:
      return "text";
    case ValueInfo::Kind::file:
      return "file";
    case ValueInfo::Kind::session:
      return "session";
    case ValueInfo::Kind::choice:
      return joined(value.choices, " ");
  }
  return {};
}

// A function that sets `variable` by the case of its arguments; an empty row is left out.
class BashTable {
 public:
  BashTable(std::string name, std::string variable, const char* subject)
      : variable_(std::move(variable)),
        text_("_trunkd_" + std::move(name) + "() {\n  " + variable_ + "=\n  case " + subject +
              " in\n") {}

  void row(const std::string& pattern, const std::string& value) {
    if (!value.empty()) text_ += "    " + pattern + ") " + variable_ + "='" + value + "' ;;\n";
  }
  std::string text() const { return text_ + "  esac\n}\n"; }

 private:
  std::string variable_;
  std::string text_;
};

void add_names(const CommandInfo& command, BashTable& commands, BashTable& enter) {
  std::vector<std::string> names;
  for (const CommandInfo& below : command.commands) {
    names.push_back(below.name);
    std::string patterns = '\'' + command.path + ':' + below.name + '\'';
    for (const std::string& alias : below.aliases) {
      patterns += " | '" + command.path + ':' + alias + '\'';
    }
    enter.row(patterns, below.path);
  }
  commands.row('\'' + command.path + '\'', joined(names, " "));
}

void add_options(const CommandInfo& command, BashTable& options, BashTable& values) {
  std::vector<std::string> names;
  for (const OptionInfo& option : command.options) {
    std::vector<std::string> patterns;
    for (const std::string& name : option.names) {
      names.push_back(name);
      patterns.push_back('\'' + command.path + ':' + name + '\'');
    }
    values.row(joined(patterns, " | "), bash_value(option.value));
  }
  options.row('\'' + command.path + '\'', joined(names, " "));
}

void add_arguments(const CommandInfo& command, BashTable& arguments) {
  for (size_t i = 0; i < command.arguments.size(); ++i) {
    const ArgumentInfo& argument = command.arguments[i];
    const std::string place = argument.repeatable ? "'*" : std::to_string(i) + '\'';
    arguments.row('\'' + command.path + ':' + place, bash_value(argument.value));
  }
}

}  // namespace

std::string bash_completion(const CommandInfo& root) {
  BashTable commands("commands", "commands", "$1");
  BashTable enter("enter", "entered", "$1:$2");
  BashTable options("options", "options", "$1");
  BashTable values("value", "value", "$1:$2");
  BashTable arguments("argument", "argument", "$1:$2");
  for (const CommandInfo* command : all_commands(root)) {
    add_names(*command, commands, enter);
    add_options(*command, options, values);
    add_arguments(*command, arguments);
  }
  return kBashHead + commands.text() + enter.text() + options.text() + values.text() +
         arguments.text() + kBashTail;
}

}  // namespace trunkd
