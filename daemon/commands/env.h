// trunkd env: the sessions of a configuration as variables of a shell.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/environment.h"
#include "daemon/commands/cookies.h"

namespace CLI {
class App;
}

namespace trunkd {

struct EnvCommand {
  enum class Shell { sh, fish };
  std::vector<std::string> sessions;  // none: all
  std::string as;                     // the variable of the one session; empty: its usual name
  std::string proxy;                  // the session that http_proxy goes to; empty: no http_proxy
  Shell shell = Shell::sh;
};

// Adds `env` to `app`; parsing fills in `command`, which must outlive `app`.
CLI::App* add_env(CLI::App& app, EnvCommand& command);

// Returns the exit code: 0, 1 (a session that was named has no address), 2 (no such session), 78.
int run_env(const EnvCommand& command, const std::vector<std::string>& files,
            const CommandStreams& streams);

// The same with all that it would find out by itself. `environment` has what NO_PROXY is now.
int run_env(const EnvCommand& command, const Config& config, const Environment& environment,
            const CommandStreams& streams);

// "https://..." of the address at which clients of this machine reach a TCP listener; none for a
// Unix socket and for port 0, which is known to the running daemon only.
std::optional<std::string> client_url(const ListenAddress& address);

// What is in both variables, and localhost with its addresses; "*" stays alone.
std::string merged_no_proxy(const Environment& environment);

}  // namespace trunkd
