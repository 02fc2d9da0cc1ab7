// trunkd cookies: a look at, or a change to, the cookie file of a daemon that is not running.

#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config/config.h"

namespace trunkd {

struct CookiesCommand {
  enum class Verb { list, clear, import_file, export_file };
  Verb verb = Verb::list;
  std::string session;                // its name, or that of a jar that sessions share
  std::optional<std::string> jar;     // the value of Trunkd-Jar, where that chooses the jar
  bool json = false;                  // list
  std::string file = "-";             // import; "-" is standard input
  std::optional<std::string> name;    // clear: this cookie only
  std::optional<std::string> domain;  // clear: of this domain and below it only
};

struct CommandStreams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;  // sentences about what went wrong or was left out
};

// Returns the exit code: 0; 1 (also while a daemon uses the jar); 2 if there is no such jar; 77;
// 78.
int run_cookies(const CookiesCommand& command, const std::vector<std::string>& config_files,
                const CommandStreams& streams);

// The same with all that it would find out by itself.
int run_cookies(const CookiesCommand& command, const Config& config,
                const std::string& state_directory, WallTime now, const CommandStreams& streams);

}  // namespace trunkd
