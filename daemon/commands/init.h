// trunkd init: a commented configuration to start from.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/parsed.h"
#include "daemon/commands/cookies.h"

namespace CLI {
class App;
}

namespace trunkd {

struct InitCommand {
  std::string file = "trunkd.yaml";  // "-" is standard output
  std::optional<std::string> session;
  std::optional<std::string> base_url;
  std::optional<uint16_t> listen;
};

// Adds `init` to `app`; parsing fills in `command`, which must outlive `app`.
CLI::App* add_init(CLI::App& app, InitCommand& command);

// The text of the file. Error: what is filled in does not make a good one; a line for each mistake.
Parsed<std::string> init_text(const InitCommand& command);

// Says what to do next. Returns the exit code: 0; 1 if the file cannot be written or is there
// already; 2 if what is to be filled in is not valid; 77.
int run_init(const InitCommand& command, const CommandStreams& streams);

}  // namespace trunkd
