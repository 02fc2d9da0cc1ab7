// What this process may do here, asked without doing it.

#pragma once

#include <optional>
#include <string>

namespace trunkd {

// Why a file cannot be made at `path`: "/var/lib may not be written by this user". None if it can.
// `with_directories`: those that are missing would be made, too.
std::optional<std::string> cannot_make(const std::string& path, bool with_directories);

bool ipv6_is_there();  // ::1 can be listened on

}  // namespace trunkd
