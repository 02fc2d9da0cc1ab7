// Who has a port or a socket of this machine already.

#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/clock.h"
#include "event/socket_address.h"

namespace trunkd {

struct PortHolder {
  pid_t pid = 0;
  std::string name;  // of the program
};

// Several can have one socket: systemd and the service that it gave it to.
struct Holders {
  bool listening = false;            // somebody listens there, says the system
  bool forbidden = false;            // it does not even say that to this user
  bool may_be_systemds = false;      // to be asked only if it is known that it is not
  std::vector<PortHolder> programs;  // as far as this user may see them
};

// Those that listen at `address`, or at its port on all addresses; those that listen at its port on
// any address, if it stands for all itself.
Holders port_holders(const SocketAddress& address);

// Those that listen at this path. It connects only where the system does not tell otherwise, and
// never where that could make systemd start a service.
Holders socket_holders(const std::string& path);

// The one of them to name: `running` (the daemon's pid), a trunkd, another, and systemd last.
std::optional<PortHolder> likeliest_holder(const Holders& holders, std::optional<pid_t> running);

constexpr const char* kOwnProgram = "trunkd";
// The first process of a machine with systemd, which holds sockets for services.
bool is_systemd(const PortHolder& holder);

// Whether it is a trunkd that has the port: asks it for a host that nobody has, which trunkd
// refuses in words of its own and sends to nobody, on each of its listeners. It has `patience` for
// the whole of the answer.
bool trunkd_answers(const SocketAddress& address, Duration patience = 2s);

}  // namespace trunkd
