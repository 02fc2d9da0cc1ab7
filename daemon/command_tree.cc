#include "daemon/command_tree.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

namespace trunkd {
namespace {

// What stands between `begin` and `end` in `text`, or nothing.
std::string between(const std::string& text, std::string_view begin, char end) {
  const size_t at = text.find(begin);
  if (at == std::string::npos) return {};
  const size_t from = at + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

std::vector<std::string> split_words(const std::string& text, char separator) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(separator, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// CLI11 writes types and what checks them into one text: "TEXT:{a,b}", "UINT:UINT in [1 - 9]".
ValueInfo value_info(const CLI::Option& option) {
  ValueInfo value;
  if (option.get_items_expected_max() == 0) return value;
  const std::string type = option.get_type_name();
  value.choices = split_words(between(type, "{", '}'), ',');
  value.range = between(type, " in [", ']');
  value.default_text = option.get_default_str();
  value.placeholder =
      option.get_positional() ? option.get_name(true) : type.substr(0, type.find(':'));
  if (value.placeholder == "UINT") value.placeholder = "N";
  using Kind = ValueInfo::Kind;
  value.kind = !value.choices.empty()                                       ? Kind::choice
               : value.placeholder == "FILE" || value.placeholder == "PATH" ? Kind::file
               : value.placeholder == "SESSION"                             ? Kind::session
                                                                            : Kind::text;
  return value;
}

OptionInfo option_info(const CLI::Option& option) {
  OptionInfo info;
  for (const std::string& name : option.get_snames()) info.names.push_back('-' + name);
  for (const std::string& name : option.get_lnames()) info.names.push_back("--" + name);
  info.description = option.get_description();
  info.value = value_info(option);
  info.repeatable = info.value.kind != ValueInfo::Kind::none && option.get_expected_max() > 1;
  return info;
}

ArgumentInfo argument_info(const CLI::Option& option) {
  return {option.get_description(), value_info(option), option.get_required(),
          option.get_expected_max() > 1};
}

CommandInfo command_info(const CLI::App& app, const std::string& path) {
  CommandInfo info;
  info.path = path;
  info.name = app.get_name();
  info.aliases = app.get_aliases();
  info.description = app.get_description();
  info.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    if (option->get_positional()) {
      info.arguments.push_back(argument_info(*option));
    } else {
      info.options.push_back(option_info(*option));
    }
  }
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_group().empty()) continue;
    info.commands.push_back(
        command_info(*command, (path.empty() ? "" : path + ' ') + command->get_name()));
  }
  return info;
}

// CLI11 hands the footer down to commands that have none.
void drop_footer(CommandInfo& command, const std::string& inherited) {
  if (command.footer == inherited) command.footer.clear();
  for (CommandInfo& below : command.commands) drop_footer(below, inherited);
}

void collect(const CommandInfo& command, std::vector<const CommandInfo*>& found) {
  found.push_back(&command);
  for (const CommandInfo& below : command.commands) collect(below, found);
}

}  // namespace

CommandInfo command_tree(const CLI::App& app) {
  CommandInfo root = command_info(app, "");
  for (CommandInfo& command : root.commands) drop_footer(command, root.footer);
  return root;
}

std::vector<const CommandInfo*> all_commands(const CommandInfo& root) {
  std::vector<const CommandInfo*> found;
  collect(root, found);
  return found;
}

std::string short_description(const std::string& description) {
  size_t end = description.size();
  for (const char* mark : {". ", "; "}) end = std::min(end, description.find(mark));
  const size_t colon = description.find(": ");
  if (colon != std::string::npos && description.find(' ') < colon) end = std::min(end, colon);
  return description.substr(0, end);
}

}  // namespace trunkd
