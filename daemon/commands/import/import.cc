#include "daemon/commands/import/import.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <istream>
#include <iterator>
#include <ostream>
#include <unistd.h>

#include "config/config_loader.h"
#include "config/secret_syntax.h"
#include "daemon/commands/import/import_text.h"
#include "daemon/commands/import/imported_session.h"
#include "daemon/commands/import/shell_words.h"
#include "daemon/commands/new_session_name.h"
#include "daemon/commands/service_user.h"
#include "daemon/exit_codes.h"

namespace trunkd {
namespace {

Parsed<ShellWords> words_of(const ImportCommand& command, std::istream& in) {
  if (command.words.size() > 1) {
    if (command.words.front().find_first_of(" \t\n") != std::string::npos) {
      return wrong(
          "stands in one pair of quotes, and something stands behind it that is no option of "
          "import");
    }
    if (const auto checked = check_words(command.words); !checked) return wrong(checked.error());
    return ShellWords{command.words, {}};
  }
  if (command.words.front() != "-") return read_shell_words(command.words.front());
  std::string text;
  char buffer[65536];
  while (text.size() <= kMaxShellText && (in.read(buffer, sizeof buffer) || in.gcount() > 0)) {
    text.append(buffer, static_cast<size_t>(in.gcount()));
  }
  if (in.bad()) return wrong("cannot be read");
  return read_shell_words(text);
}

// Where the configuration of this user is, too.
std::string secret_directory(const Environment& environment, bool is_root) {
  const std::string system = "/etc/trunkd";
  return is_root ? system : user_config_directory(environment).value_or(system);
}

int refuse_import(std::ostream& err, const std::string& what) {
  err << "trunkd: " << what << '\n';
  return kExitUsage;
}

}  // namespace

CLI::App* add_import(CLI::App& app, ImportCommand& command) {
  CLI::App* made =
      app.add_subcommand("import", "Make a session from a curl command, as YAML with comments");
  made->add_option("CURL", command.words,
                   "The command, in quotes or not; - reads it from standard input, where no other "
                   "user of the machine can see its secrets")
      ->required()
      ->expected(1)
      ->allow_extra_args(false);
  // What CLI11 does not know is the command's own, never an error that would quote a secret.
  made->prefix_command();
  made->callback([made, &command] {
    std::vector<std::string> rest = made->remaining();
    if (!rest.empty() && rest.front() == "--")
      rest.erase(rest.begin());  // stood before the command
    std::move(rest.begin(), rest.end(), std::back_inserter(command.words));
  });
  made->add_option("--session", command.session, "The session's name; else made from the host's");
  made->add_option("--listen", command.listen, "The session's own port")
      ->check(CLI::Range(uint16_t{1}, uint16_t{65535}))
      ->capture_default_str();
  made->add_option("--secret", command.secret,
                   "Where the session's secret is to be: file:PATH, env:NAME or credential:NAME; "
                   "else a file beside the configuration");
  made->footer(
      "No secret of the command is printed: the comments say where to put it. What a session has "
      "no place for is listed there, too, and so is the same call through trunkd.\n"
      "For example: trunkd import 'curl -H \"Authorization: Bearer $TOKEN\" "
      "https://api.example.com/v1/things' > example.yaml");
  return made;
}

int run_import(const ImportCommand& command, const Environment& environment, const ImportUser& user,
               const std::string& working_directory, const CommandStreams& streams) {
  ImportPlace place;
  place.listen = command.listen;
  place.secret_directory = secret_directory(environment, user.is_root);
  place.working_directory = working_directory;
  place.home = environment("HOME").value_or("");
  if (!command.session.empty()) {
    const auto name = parse_new_session_name(command.session);
    if (!name) return refuse_import(streams.err, "--session " + name.error());
    place.session = *name;
  }
  if (!command.secret.empty()) {
    const auto reference = parse_secret(command.secret);
    if (!reference) return refuse_import(streams.err, "--secret " + reference.error());
    place.secret = reference->text();
  }
  const auto words = words_of(command, streams.in);
  if (!words) return refuse_import(streams.err, "the command: " + words.error());
  const auto curl = read_curl_command(words->words);
  if (!curl) return refuse_import(streams.err, "the command " + curl.error());
  const auto session = import_session(*curl, place, PublicSuffixes());
  if (!session) return refuse_import(streams.err, "the command " + session.error());
  streams.out << import_text(*session, words->passed_over, user.group);
  return kExitOk;
}

int run_import(const ImportCommand& command, const CommandStreams& streams) {
  std::error_code error;  // without one, relative files stay relative to "/"
  const std::string here = std::filesystem::current_path(error).string();
  const auto service = service_user();
  const ImportUser user{geteuid() == 0, service ? service->group : ""};
  return run_import(command, process_environment(), user, error ? "/" : here, streams);
}

}  // namespace trunkd
