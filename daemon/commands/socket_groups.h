// The groups that sockets are given to, as far as this machine does not have them.

#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace trunkd {

struct MissingGroup {
  std::string socket;  // "admin socket", "shop unix:/run/shop.sock"
  std::string group;
  bool is_needed = true;  // serve does not start without it
};

std::vector<MissingGroup> missing_groups(const Config& config);

}  // namespace trunkd
