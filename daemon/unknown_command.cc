#include "daemon/unknown_command.h"

#include <CLI/CLI.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "base/text.h"

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
      if (const auto near = nearest_word(word, known)) {
        err << ", did you mean \"" << before << *near << "\"?";
      }
      err << "\nRun with --help for the commands.\n";
      return true;
    }
    before += word + ' ';
    within = found;
  }
  return false;
}

}  // namespace trunkd
