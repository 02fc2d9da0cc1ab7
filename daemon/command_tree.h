// What the command line offers, read off CLI11's tree of it: the source of the manual page and of
// the completions. What is not for people (an empty group) is left out.

#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace trunkd {

// What stands behind an option or as an argument.
struct ValueInfo {
  enum class Kind { none, text, file, session, choice };
  Kind kind = Kind::none;            // none: a flag
  std::string placeholder;           // "FILE"
  std::vector<std::string> choices;  // all that it may be
  std::string range;                 // "1 - 200", or empty
  std::string default_text;
};

struct OptionInfo {
  std::vector<std::string> names;  // "-c", "--config"
  std::string description;
  ValueInfo value;
  bool repeatable = false;
};

struct ArgumentInfo {
  std::string description;
  ValueInfo value;
  bool required = false;
  bool repeatable = false;  // the last one only
};

struct CommandInfo {
  std::string path;  // "ctl pause"; empty for trunkd itself
  std::string name;
  std::vector<std::string> aliases;
  std::string description;
  std::string footer;
  std::vector<OptionInfo> options;
  std::vector<ArgumentInfo> arguments;
  std::vector<CommandInfo> commands;  // one of them must follow
};

CommandInfo command_tree(const CLI::App& app);

// The commands of the tree, each before those below it; the root is the first.
std::vector<const CommandInfo*> all_commands(const CommandInfo& root);

// The beginning of a description, as long as it says what it is: for one line of a list.
std::string short_description(const std::string& description);

}  // namespace trunkd
