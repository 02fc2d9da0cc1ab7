#include <algorithm>

#include "daemon/manual/manual.h"
#include "daemon/manual/roff.h"
#include "daemon/version.h"

namespace trunkd {
namespace {

bool same_option(const OptionInfo& a, const OptionInfo& b) {
  return a.names == b.names && a.description == b.description;
}

bool has_option(const std::vector<OptionInfo>& options, const OptionInfo& option) {
  return std::any_of(options.begin(), options.end(),
                     [&](const OptionInfo& other) { return same_option(other, option); });
}

bool takes_everywhere(const CommandInfo& group, const OptionInfo& option) {
  return std::all_of(group.commands.begin(), group.commands.end(), [&](const CommandInfo& below) {
    return below.commands.empty() ? has_option(below.options, option)
                                  : takes_everywhere(below, option);
  });
}

const CommandInfo& first_leaf(const CommandInfo& command) {
  return command.commands.empty() ? command : first_leaf(command.commands.front());
}

// The options that all commands of a group take; said once.
std::vector<OptionInfo> common_options(const CommandInfo& group) {
  std::vector<OptionInfo> common;
  for (const OptionInfo& option : first_leaf(group).options) {
    if (takes_everywhere(group, option)) common.push_back(option);
  }
  return common;
}

std::string joined_choices(const ValueInfo& value) {
  std::string words;
  for (const std::string& word : value.choices) words += (words.empty() ? "" : "|") + word;
  return words;
}

std::string option_term(const OptionInfo& option) {
  std::string term;
  for (const std::string& name : option.names) term += (term.empty() ? "" : ", ") + bold(name);
  if (option.value.kind == ValueInfo::Kind::none) return term;
  term += ' ';
  if (option.value.choices.empty()) return term + italic(option.value.placeholder);
  return term + bold(joined_choices(option.value));
}

// The description as a sentence, with what CLI11 says beside it.
std::string option_text(const std::string& description, const ValueInfo& value) {
  std::string text = description;
  if (!text.ends_with('.')) text += '.';
  if (!value.range.empty()) text += " In the range " + value.range + '.';
  if (!value.default_text.empty()) text += " Default: `" + value.default_text + "`.";
  return text;
}

std::string command_term(const CommandInfo& command) {
  std::string term = bold("trunkd " + command.path);
  for (const ArgumentInfo& argument : command.arguments) {
    const std::string dots = argument.repeatable ? roman("...") : "";
    const std::string name = argument.value.choices.empty() ? italic(argument.value.placeholder)
                                                            : bold(joined_choices(argument.value));
    term.append(argument.required ? " " : " [").append(name);
    term.append(argument.required ? "" : "]").append(dots);
  }
  return term;
}

void write_options(Roff& page, const std::vector<OptionInfo>& options,
                   const std::vector<OptionInfo>& said_already) {
  for (const OptionInfo& option : options) {
    if (has_option(said_already, option)) continue;
    page.item(option_term(option), option_text(option.description, option.value));
  }
}

void write_command(Roff& page, const CommandInfo& command,
                   const std::vector<OptionInfo>& said_already) {
  std::string text = option_text(command.description, {});
  for (const std::string& alias : command.aliases) text += " Also called `" + alias + "`.";
  page.item(command_term(command), text);
  const bool takes_any =
      !command.arguments.empty() ||
      std::any_of(command.options.begin(), command.options.end(),
                  [&](const OptionInfo& option) { return !has_option(said_already, option); });
  if (takes_any) page.begin_inner();
  for (const ArgumentInfo& argument : command.arguments) {
    page.item(italic(argument.value.placeholder),
              option_text(argument.description, argument.value));
  }
  write_options(page, command.options, said_already);
  if (takes_any) page.end_inner();
  if (!command.footer.empty()) page.more(command.footer);
}

void write_group(Roff& page, const CommandInfo& group, std::vector<OptionInfo> said_already) {
  const std::vector<OptionInfo> common = common_options(group);
  said_already.insert(said_already.end(), common.begin(), common.end());
  for (const CommandInfo* command : all_commands(group)) {
    if (command->commands.empty()) write_command(page, *command, said_already);
  }
}

void write_groups(Roff& page, const CommandInfo& root) {
  for (const CommandInfo& group : root.commands) {
    if (group.commands.empty()) continue;
    page.subsection("trunkd " + group.path);
    page.paragraph(option_text(group.description, {}) + " All of these take:");
    write_options(page, common_options(group), root.options);
    write_group(page, group, root.options);
  }
}

void write_signals(Roff& page) {
  page.section("SIGNALS");
  page.paragraph("What `trunkd serve` does on a signal:");
  page.item(bold("TERM") + ", " + bold("INT"),
            "It takes no further clients, lets requests end (for `drain_timeout` at most) and ends "
            "with status 0. A second one ends it at once.");
  page.item(bold("QUIT"), "It ends at once.");
  page.item(
      bold("HUP"),
      "It reads the configuration again and takes it over as a whole, or not at all if it has "
      "a mistake. Requests under way end under the settings they began with.");
  page.item(bold("USR1"), "It opens its log files anew, as logrotate needs it.");
}

void write_exit_status(Roff& page) {
  page.section("EXIT STATUS");
  page.item(bold("0"), "All is well.");
  page.item(bold("1"), "Something failed; a sentence on standard error says what.");
  page.item(bold("2"), "The command line was not understood.");
  page.item(bold("77"), "A file, a socket or a port may not be used.");
  page.item(bold("78"),
            "The configuration has mistakes, each is told with its line; or it names a group or a "
            "directory of the access log that is not there.");
}

void write_files(Roff& page) {
  page.section("FILES");
  page.item(bold("/etc/trunkd/trunkd.yaml") + ", " + bold("/etc/trunkd/conf.d/*.yaml"),
            "The configuration, see `trunkd.yaml`(5).");
  page.item(bold("~/.config/trunkd/trunkd.yaml"),
            "Is read if there is none of these. $XDG_CONFIG_HOME comes before ~/.config.");
  page.item(bold("/var/lib/trunkd/cookies"),
            "The cookie jars of sessions with `cookies: persist`, as cookies.txt files.");
  page.item(bold("/run/trunkd/admin.sock"), "The admin socket, which `trunkd ctl` uses.");
}

void write_environment(Roff& page) {
  page.section("ENVIRONMENT");
  page.item(bold("STATE_DIRECTORY"),
            "Where cookie jars are kept. Without it: /var/lib/trunkd for root, else trunkd in "
            "$XDG_STATE_HOME or ~/.local/state.");
  page.item(bold("RUNTIME_DIRECTORY"),
            "Where the admin socket is. Without it: /run/trunkd for root, else trunkd in "
            "$XDG_RUNTIME_DIR.");
  page.item(bold("CREDENTIALS_DIRECTORY"),
            "Where secrets written as `credential:NAME` are; systemd sets all three.");
  page.paragraph("Any variable may be used in the configuration as `${NAME}`.");
}

}  // namespace

std::string command_manual(const CommandInfo& root) {
  Roff page("TRUNKD", "8", TRUNKD_DATE, "trunkd " TRUNKD_VERSION, "System administration");
  page.section("NAME");
  page.paragraph("trunkd - pool outbound HTTP connections for all programs of this machine");
  page.section("SYNOPSIS");
  page.term(bold("trunkd") + ' ' + italic("COMMAND") + roman(" [") + italic("OPTION") +
            roman("...] [") + italic("ARGUMENT") + roman("...]"));
  page.section("DESCRIPTION");
  page.paragraph(
      root.description +
      " Each request names a session of the configuration, which says where it goes, "
      "over how many connections, with which credentials, cookies and headers, how fast, "
      "and what is tried again.");
  page.section("OPTIONS");
  write_options(page, root.options, {});
  page.section("COMMANDS");
  for (const CommandInfo& command : root.commands) {
    if (command.commands.empty()) write_command(page, command, root.options);
  }
  write_groups(page, root);
  write_signals(page);
  write_exit_status(page);
  write_files(page);
  write_environment(page);
  page.section("SEE ALSO");
  page.paragraph("`trunkd.yaml`(5), `curl`(1), `systemctl`(1)");
  return page.text();
}

}  // namespace trunkd
