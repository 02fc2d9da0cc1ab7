// What a new configuration changes in the one that runs.

#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace trunkd {

struct ConfigDiff {
  // Sessions by name, each list in the order of its file.
  std::vector<std::string> added, removed, changed;
  // Top-level fields whose new value waits for the next start.
  std::vector<std::string> for_next_start;
};

ConfigDiff diff_of(const Config& running, const Config& wanted);

}  // namespace trunkd
