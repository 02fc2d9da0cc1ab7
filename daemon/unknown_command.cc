#include "daemon/unknown_command.h"

#include <CLI/CLI.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "base/text.h"
#include "daemon/commands/quoting.h"

namespace trunkd {
namespace {

// The command of `app` that `word` names, and the names of all that are for people.
const CLI::App* command_named(const CLI::App& app, const std::string& word,
                              std::vector<std::string>& known) {
  const CLI::App* found = nullptr;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->check_name(word)) found = command;
    if (!command->get_group().empty()) known.push_back(command->get_name());
  }
  return found;
}

// The group that has a command of that name: "ctl" for "reload". Empty: none has.
std::string group_with(const CLI::App& app, const std::string& word) {
  for (const CLI::App* group : app.get_subcommands({})) {
    std::vector<std::string> known;
    if (!group->get_group().empty() && command_named(*group, word, known) != nullptr) {
      return group->get_name();
    }
  }
  return "";
}

// What the command `word` that `within` does not have may stand for, behind `before`; `next` is the
// word after it.
std::string likeliest_command(const CLI::App& within, const std::string& before,
                              const std::string& word, const std::string& next,
                              std::vector<std::string> known) {
  if (word == "help") {
    const bool is_command = command_named(within, next, known) != nullptr;
    return before + (is_command ? next + ' ' : "") + "--help";
  }
  if (word == "version" && before.empty()) return "--version";
  if (const std::string group = group_with(within, word); !group.empty()) {
    return before + group + ' ' + word;
  }
  const auto near = nearest_word(word, known);
  return near ? before + std::string(*near) : "";
}

bool is_config_option(const std::string& word) { return word == "-c" || word == "--config"; }

bool is_config_file(const std::string& word) {
  return !word.starts_with('-') && (word.ends_with(".yaml") || word.ends_with(".yml"));
}

}  // namespace

bool has_unknown_command(const CLI::App& app, int argc, char** argv, std::ostream& err) {
  const CLI::App* within = &app;
  std::string before;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with('-')) {  // passed over, with its value
      const CLI::Option* option = within->get_option_no_throw(word);
      if (option == nullptr && word.find('=') == std::string::npos) return false;
      if (option != nullptr) i += option->get_items_expected_min();
      continue;
    }
    std::vector<std::string> known;
    const CLI::App* found = command_named(*within, word, known);
    if (found == nullptr && known.empty()) return false;  // no command takes its place here
    if (found == nullptr) {
      err << "trunkd: unknown command \"" << before << escaped(word) << '"';
      const std::string likely =
          likeliest_command(*within, before, word, i + 1 < argc ? argv[i + 1] : "", known);
      if (!likely.empty()) err << ", did you mean \"" << likely << "\"?";
      err << "\nRun with --help for the commands.\n";
      return true;
    }
    before += word + ' ';
    within = found;
  }
  return false;
}

bool has_misplaced_file(const CLI::App& app, std::ostream& err) {
  const CLI::App* command = &app;
  std::string line = "trunkd";
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    line += ' ' + command->get_name();
  }
  const std::vector<std::string> left = app.remaining(true);
  if (left.empty() || command->get_option_no_throw("--config") == nullptr) return false;
  for (const std::string& word : left) {
    if (is_config_option(word)) continue;
    if (!is_config_file(word)) return false;
    line += " -c " + sh_quoted(word);
  }
  err << "trunkd: \"" << escaped(left.front())
      << "\" was not expected, did you mean: " << escaped(line)
      << "\nRun with --help for more information.\n";
  return true;
}

}  // namespace trunkd
