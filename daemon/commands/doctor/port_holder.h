// Who has a port or a socket of this machine already.

#pragma once

#include <optional>
#include <string>
#include <sys/types.h>

#include "event/socket_address.h"

namespace trunkd {

struct PortHolder {
  pid_t pid = 0;
  std::string name;  // of the program; of other users' programs only root learns it
};

// The process that listens at `address`, or at its port on all addresses. None if it cannot be
// told.
std::optional<PortHolder> port_holder(const SocketAddress& address);

// The process that listens at this path: pid 0 if it does not let us ask. None if nobody does.
std::optional<PortHolder> socket_holder(const std::string& path);

// Whether it is a trunkd that has the port: asks it for a host that nobody has, which trunkd
// refuses in words of its own and sends to nobody. Waits a second at most for each step.
bool trunkd_answers(const SocketAddress& address);

}  // namespace trunkd
