// Where the processes of one demo meet: a directory that is removed at its end.

#pragma once

#include <string>

namespace trunkd {

struct DemoPaths {
  std::string directory;

  std::string certificate() const { return directory + "/origin.pem"; }
  std::string socket() const { return directory + "/demo.sock"; }
};

}  // namespace trunkd
