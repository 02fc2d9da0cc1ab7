#include "daemon/commands/init.h"

#include <CLI/CLI.hpp>
#include <cassert>
#include <cerrno>
#include <fcntl.h>
#include <ostream>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config_loader.h"
#include "config/host_syntax.h"
#include "daemon/commands/new_session_name.h"
#include "daemon/commands/quoting.h"
#include "daemon/commands/starter.h"
#include "daemon/exit_codes.h"
#include "event/private_files.h"

namespace trunkd {
namespace {

constexpr std::string_view kStarterName = "example";
constexpr std::string_view kStarterUrl = "https://api.example.com";
constexpr std::string_view kStarterPort = "8101";

// Puts `with` in all places of `text` between `before` and `after`.
void fill_in(std::string& text, const std::string& before, std::string_view what,
             const std::string& after, const std::string& with) {
  const std::string old = before + std::string(what) + after, fresh = before + with + after;
  [[maybe_unused]] size_t places = 0;
  for (size_t at = text.find(old); at != std::string::npos;
       at = text.find(old, at + fresh.size())) {
    text.replace(at, old.size(), fresh);
    ++places;
  }
  assert(places > 0);
}

// Whole or not at all.
Result<void> write_new_file(const std::string& path, std::string_view text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file && errno == EEXIST) {
    return tl::unexpected(Error{ErrorKind::internal,
                                path + " is there already, and it stays as it is: name another " +
                                    "file, or - to see the text",
                                "", EEXIST});
  }
  if (!file) return file_failure("write", path, errno);
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int error = errno;
      unlink(path.c_str());
      return file_failure("write", path, error);
    }
    text.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

void say_next(const InitCommand& command, std::ostream& out) {
  const std::string file = command.file == "-" ? "FILE" : sh_quoted(command.file);
  const uint16_t port = command.listen.value_or(8101);
  if (command.file != "-") out << command.file << " is written. ";
  if (!command.base_url) {
    out << "Put the host that you call into it (base_url). ";
  }
  out << "Then:\n"
      << "  trunkd check --live -c " << file << "    # is it valid, and does the host answer?\n"
      << "  trunkd serve -c " << file << '\n'
      << "  curl http://127.0.0.1:" << port << "/    # in another shell\n";
}

}  // namespace

CLI::App* add_init(CLI::App& app, InitCommand& command) {
  CLI::App* init = app.add_subcommand("init", "Write a commented configuration to start from");
  init->add_option("FILE", command.file,
                   "The file, which must not be there yet; - is standard output")
      ->capture_default_str();
  init->add_option("--session", command.session, "The name of its session; else example");
  init->add_option("--base-url", command.base_url, "Where the session goes");
  init->add_option("--listen", command.listen, "The session's own port; else 8101")
      ->check(CLI::Range(uint16_t{1}, uint16_t{65535}));
  init->footer(
      "For example: trunkd init --session github --base-url https://api.github.com\n"
      "trunkd import makes a session from a curl command.");
  return init;
}

Parsed<std::string> init_text(const InitCommand& command) {
  std::string text(starter_file());
  if (command.listen) {
    const std::string port = std::to_string(*command.listen);
    fill_in(text, "    listen: ", kStarterPort, "\n", port);
    fill_in(text, "127.0.0.1:", kStarterPort, "/", port);
  }
  if (command.session) {
    const auto name = parse_new_session_name(*command.session);
    if (!name) return wrong("--session " + name.error());
    fill_in(text, "  ", kStarterName, ":\n", *name);
    fill_in(text, "/s/", kStarterName, "/", *name);
    fill_in(text, "/", kStarterName, ".token", *name);
  }
  if (command.base_url) {  // last, since it may have in it what is filled in elsewhere
    const auto url = parse_base_url(*command.base_url);
    if (!url) return wrong("--base-url " + url.error());
    fill_in(text, "base_url: ", kStarterUrl, "\n", yaml_quoted(*url));
  }
  const LoadedConfig loaded = load_config_text(text, command.file);
  if (loaded.config) return text;
  std::string mistakes;
  for (const ConfigMistake& mistake : loaded.mistakes) {
    mistakes += (mistakes.empty() ? "" : "\n") + mistake.text();
  }
  return wrong(std::move(mistakes));
}

int run_init(const InitCommand& command, const CommandStreams& streams) {
  const auto text = init_text(command);
  if (!text) {
    streams.err << "trunkd: " << text.error() << '\n';
    return kExitUsage;
  }
  if (command.file == "-") {
    streams.out << *text;
    say_next(command, streams.err);
    return kExitOk;
  }
  if (const auto written = write_new_file(command.file, *text); !written) {
    streams.err << "trunkd: " << written.error().detail << '\n';
    const int error = written.error().system_error;
    return error == EACCES || error == EPERM ? kExitPermission : kExitFailure;
  }
  say_next(command, streams.out);
  return kExitOk;
}

}  // namespace trunkd
