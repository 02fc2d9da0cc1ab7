// What a new configuration changes in the one that runs.

#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace trunkd {

struct ConfigDiff {
  // Sessions by name, each list in the order of its file.
  std::vector<std::string> added, removed, changed;
};

ConfigDiff diff_of(const Config& running, const Config& wanted);

// Top-level fields of which a daemon that was started with `started` learns only at the next start.
std::vector<std::string> fields_for_next_start(const Config& started, const Config& wanted);

}  // namespace trunkd
