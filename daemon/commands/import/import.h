// trunkd import: a session from a curl command.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/environment.h"
#include "daemon/commands/cookies.h"

namespace CLI {
class App;
}

namespace trunkd {

struct ImportCommand {
  std::vector<std::string> words;  // one: the whole command, "-" is standard input; else its words
  std::string session;
  uint16_t listen = 8101;
  std::string secret;
};

// Adds `import` to `app`; parsing fills in `command`, which must outlive `app`.
CLI::App* add_import(CLI::App& app, ImportCommand& command);

// Writes the file to `out`. Returns the exit code: 0, or 2 if this is no curl command that could
// become a session.
int run_import(const ImportCommand& command, const CommandStreams& streams);

// Who has to be able to read the secrets.
struct ImportUser {
  bool is_root = false;
  std::string group;  // of the service that is not root; empty: the user that imports
};

// The same with all that it would find out by itself.
int run_import(const ImportCommand& command, const Environment& environment, const ImportUser& user,
               const std::string& working_directory, const CommandStreams& streams);

}  // namespace trunkd
