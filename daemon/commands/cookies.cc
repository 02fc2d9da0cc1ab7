#include "daemon/commands/cookies.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <ostream>

#include "base/text.h"
#include "config/config_loader.h"
#include "cookie/cookie_list.h"
#include "cookie/cookies_txt.h"
#include "cookie/cookies_txt_reader.h"
#include "daemon/commands/jar_choice.h"
#include "daemon/directories.h"
#include "daemon/exit_codes.h"
#include "event/file_lock.h"
#include "event/journal_file.h"
#include "event/loop.h"
#include "http/url.h"

namespace trunkd {
namespace {

std::string count(size_t number, const std::string& thing) {
  return std::to_string(number) + ' ' + thing + (number == 1 ? "" : "s");
}

// One run of the command; each step that fails has said why and returns the exit code.
class CookiesRun {
 public:
  CookiesRun(const CookiesCommand& command, const Config& config,
             const std::string& state_directory, WallTime now, const CommandStreams& streams)
      : command_(command),
        config_(config),
        state_directory_(state_directory),
        now_(now),
        streams_(streams) {}

  int run();

 private:
  int work(JournalFile& file);
  int clear(JournalFile& file, const std::vector<Cookie>& cookies);
  int import(JournalFile& file, CookiesTxtReader& present);
  std::optional<std::string> import_text();
  int write(JournalFile& file, const std::vector<Cookie>& cookies);
  int fail(const Error& error);
  int refuse(const std::string& sentence);

  const CookiesCommand& command_;
  const Config& config_;
  const std::string& state_directory_;
  const WallTime now_;
  const CommandStreams& streams_;
};

int CookiesRun::fail(const Error& error) {
  streams_.err << "trunkd: " << error.detail << '\n';
  const bool forbidden = error.system_error == EACCES || error.system_error == EPERM;
  return forbidden ? kExitPermission : kExitFailure;
}

int CookiesRun::refuse(const std::string& sentence) {
  streams_.err << "trunkd: " << sentence << '\n';
  return kExitUsage;
}

int CookiesRun::run() {
  const auto jar = choose_jar(config_, state_directory_, command_.session, command_.jar);
  if (!jar) return refuse(jar.error().detail);
  const auto lock = FileLock::take(jar->lock_path, "the jar " + jar->name);
  if (!lock) return fail(lock.error());
  JournalFile file(jar->path);
  return work(file);
}

int CookiesRun::work(JournalFile& file) {
  const auto text = file.load();
  if (!text) return fail(text.error());
  CookiesTxtReader reader(now_);
  reader.read(*text);
  if (reader.malformed() > 0) {
    streams_.err << "trunkd: " << count(reader.malformed(), "line") << " of " << file.path()
                 << " cannot be read, the first is line " << reader.first_malformed() << '\n';
  }
  switch (command_.verb) {
    case CookiesCommand::Verb::list:
      streams_.out << (command_.json ? cookie_json(reader.cookies())
                                     : cookie_table(reader.cookies()));
      return kExitOk;
    case CookiesCommand::Verb::export_file:
      streams_.out << cookies_txt(reader.cookies());
      return kExitOk;
    case CookiesCommand::Verb::clear:
      return clear(file, reader.cookies());
    case CookiesCommand::Verb::import_file:
      return import(file, reader);
  }
  return kExitFailure;
}

int CookiesRun::write(JournalFile& file, const std::vector<Cookie>& cookies) {
  const auto written = file.replace(cookies_txt(cookies));
  return written ? kExitOk : fail(written.error());
}

int CookiesRun::clear(JournalFile& file, const std::vector<Cookie>& cookies) {
  std::string domain = command_.domain.value_or("");
  if (command_.domain) {
    if (domain.starts_with('.')) domain.erase(0, 1);
    auto host = normalize_host(domain);
    if (!host) return refuse("--domain: " + host.error().detail);
    domain = std::move(*host);
  }
  std::vector<Cookie> left;
  for (const Cookie& cookie : cookies) {
    const bool named = !command_.name || cookie.name == *command_.name;
    const bool within =
        !command_.domain || cookie.domain == domain || cookie.domain.ends_with('.' + domain);
    if (!named || !within) left.push_back(cookie);
  }
  if (left.size() != cookies.size()) {
    if (const int code = write(file, left); code != kExitOk) return code;
  }
  streams_.out << "Removed " << count(cookies.size() - left.size(), "cookie") << ", " << left.size()
               << (left.size() == 1 ? " is left.\n" : " are left.\n");
  return kExitOk;
}

// None after an error.
std::optional<std::string> CookiesRun::import_text() {
  std::ifstream opened;
  if (command_.file != "-") {
    opened.open(command_.file, std::ios::binary);
    if (!opened) {
      fail(file_failure("open", command_.file, errno).value());
      return std::nullopt;
    }
  }
  std::istream& in = command_.file == "-" ? streams_.in : opened;
  std::string text;
  std::array<char, 65536> buffer{};
  while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
    text.append(buffer.data(), static_cast<size_t>(in.gcount()));
    if (text.size() > JournalFile::kMaxSize) break;
  }
  if (in.bad() || text.size() > JournalFile::kMaxSize) {
    streams_.err << "trunkd: cannot read " << escaped(command_.file)
                 << (in.bad() ? "\n" : ": it is larger than 64 MiB\n");
    return std::nullopt;
  }
  return text;
}

// As if the lines stood behind those of the file: they win.
int CookiesRun::import(JournalFile& file, CookiesTxtReader& present) {
  const auto text = import_text();
  if (!text) return kExitFailure;
  CookiesTxtReader imported(now_);
  imported.read(*text);
  if (imported.malformed() > 0) {
    streams_.err << "trunkd: " << count(imported.malformed(), "line")
                 << " cannot be read, the first is line " << imported.first_malformed() << '\n';
  }
  if (imported.records() == 0) {
    streams_.err << "trunkd: there is no cookie in what was to be imported\n";
    return kExitFailure;
  }
  present.read(*text);
  if (const int code = write(file, present.cookies()); code != kExitOk) return code;
  streams_.out << "Imported " << count(imported.cookie_count(), "cookie") << ", there are "
               << present.cookie_count() << " now.\n";
  return kExitOk;
}

}  // namespace

int run_cookies(const CookiesCommand& command, const Config& config,
                const std::string& state_directory, WallTime now, const CommandStreams& streams) {
  return CookiesRun(command, config, state_directory, now, streams).run();
}

int run_cookies(const CookiesCommand& command, const std::vector<std::string>& config_files,
                const CommandStreams& streams) {
  const LoadedConfig loaded = load_config(config_files, process_environment());
  for (const ConfigMistake& mistake : loaded.mistakes) streams.err << mistake.text() << '\n';
  if (!loaded.config) return kExitConfig;
  const auto directory = state_directory();
  if (!directory) {
    streams.err << "trunkd: " << directory.error().detail << '\n';
    return kExitFailure;
  }
  return run_cookies(command, *loaded.config, *directory, Loop().wall_now(), streams);
}

}  // namespace trunkd
