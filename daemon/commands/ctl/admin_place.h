// Where the daemon that a command means has its admin socket.

#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace trunkd {

struct AdminPlace {
  std::string socket;              // --socket
  std::vector<std::string> files;  // -c
};

// `socket`, else what the configuration says if `files` are given, else admin.sock in the runtime
// directory, as for serve. A configuration with mistakes is an error of one line for each.
Result<std::string> admin_socket_path(const AdminPlace& place);

}  // namespace trunkd
