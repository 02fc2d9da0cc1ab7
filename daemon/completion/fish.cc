#include "daemon/commands/quoting.h"
#include "daemon/completion/completion.h"

namespace trunkd {
namespace {

constexpr const char* kFishHead =
    R"script(# fish completion for trunkd; printed by `trunkd completion fish`.

)script";

constexpr const char* kFishTail = R"script(
# Is the line at the command $argv[1] (and has $argv[2] arguments before this one)?
function __trunkd_at
    set -l command ''
    set -l count 0
    set -l skip no
    for word in (commandline -opc)[2..-1]
        if test $skip = yes
            set skip no
        else if string match -q -- '-*' $word
            __trunkd_takes_value "$command:$word"; and set skip yes
        else if set -l below (__trunkd_enter "$command:$word")
            set command $below
        else
            set count (math $count + 1)
        end
    end
    test "$command" = "$argv[1]"; or return 1
    test -z "$argv[2]"; or test $count -eq $argv[2]
end

# The sessions of the running daemon; nothing if there is none.
function __trunkd_sessions
    set -l words (commandline -opc)
    set -l place
    for i in (seq 2 (count $words))
        switch $words[$i]
            case -c --config --socket
                set -q words[(math $i + 1)]; and set -a place $words[$i] $words[(math $i + 1)]
            case '--config=*' '--socket=*'
                set -a place $words[$i]
        end
    end
    $words[1] ctl $place __complete sessions </dev/null 2>/dev/null
end

complete -c trunkd -e
complete -c trunkd -f
)script";

std::string fish_words(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// `-x` takes a value and offers nothing but -a's words, `-F` offers files all the same.
std::string fish_value(const ValueInfo& value, bool is_option) {
  std::string takes = is_option ? " -x" : "";
  switch (value.kind) {
    case ValueInfo::Kind::none:
      return {};
    case ValueInfo::Kind::text:
      return takes;
    case ValueInfo::Kind::file:
      return is_option ? " -r -F" : " -F";
    case ValueInfo::Kind::session:
      return takes + " -a '(__trunkd_sessions)'";
    case ValueInfo::Kind::choice:
      return takes + " -a " + fish_quoted(fish_words(value.choices));
  }
  return {};
}

// A line that counts where the line is at `command`, behind `arguments` of its arguments if any.
std::string fish_line(const CommandInfo& command, const std::string& arguments = "") {
  const std::string path = command.path.empty() ? "\"\"" : '"' + command.path + '"';
  return "complete -c trunkd -n '__trunkd_at " + path + arguments + '\'';
}

std::string fish_switch(const std::string& name, const std::string& cases) {
  return "function " + name + "\n    switch $argv[1]\n" + cases +
         "        case '*'\n            return 1\n    end\nend\n";
}

// The functions that know which word is a command, and which option takes a value.
std::string fish_tables(const CommandInfo& root) {
  std::string enter, valued;
  for (const CommandInfo* command : all_commands(root)) {
    for (const CommandInfo& below : command->commands) {
      enter += "        case " + fish_quoted(command->path + ':' + below.name);
      for (const std::string& alias : below.aliases) {
        enter += ' ' + fish_quoted(command->path + ':' + alias);
      }
      enter += "\n            echo " + fish_quoted(below.path) + '\n';
    }
    for (const OptionInfo& option : command->options) {
      if (option.value.kind == ValueInfo::Kind::none) continue;
      valued += "        case";
      for (const std::string& name : option.names) {
        valued += ' ' + fish_quoted(command->path + ':' + name);
      }
      valued += "\n            return 0\n";
    }
  }
  return fish_switch("__trunkd_enter", enter) + fish_switch("__trunkd_takes_value", valued);
}

std::string fish_lines(const CommandInfo& command) {
  std::string out;
  for (const CommandInfo& below : command.commands) {
    out += fish_line(command) + " -a " + below.name + " -d " +
           fish_quoted(short_description(below.description)) + '\n';
  }
  for (const OptionInfo& option : command.options) {
    out += fish_line(command);
    for (const std::string& name : option.names) {
      out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    out += fish_value(option.value, true) + " -d " +
           fish_quoted(short_description(option.description)) + '\n';
  }
  for (size_t i = 0; i < command.arguments.size(); ++i) {
    const ArgumentInfo& argument = command.arguments[i];
    if (argument.value.kind == ValueInfo::Kind::text) continue;
    const std::string place = argument.repeatable ? "" : ' ' + std::to_string(i);
    out += fish_line(command, place) + fish_value(argument.value, false) + '\n';
  }
  return out;
}

}  // namespace

std::string fish_completion(const CommandInfo& root) {
  std::string out = kFishHead + fish_tables(root) + kFishTail;
  for (const CommandInfo* command : all_commands(root)) out += fish_lines(*command);
  return out;
}

}  // namespace trunkd
