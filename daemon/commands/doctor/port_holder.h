// Who has a port of this machine already.

#pragma once

#include <cstdint>
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

enum class Answering : uint8_t { nobody, somebody, trunkd };

// Asks for a host that nobody has: a trunkd's answer tells that it is one. Waits a second at most
// for each step.
Answering who_answers(const SocketAddress& address);
Answering who_answers(const std::string& unix_socket);

}  // namespace trunkd
