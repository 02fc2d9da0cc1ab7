// Which addresses a listener of this machine has.

#pragma once

#include "config/config.h"
#include "event/socket_address.h"

namespace trunkd {

// A connection to `address` would come to a listener that is configured so. Never for port 0,
// which stands for one that is not known yet.
bool listens_at(const ListenAddress& listener, const SocketAddress& address);

}  // namespace trunkd
