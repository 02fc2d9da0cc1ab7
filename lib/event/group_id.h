// The groups of this machine, by name.

#pragma once

#include <optional>
#include <string>
#include <sys/types.h>

namespace trunkd {

// None: there is no group of that name.
std::optional<gid_t> group_id(const std::string& name);

}  // namespace trunkd
