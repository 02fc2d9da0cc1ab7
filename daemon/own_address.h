// Which addresses a listener of this machine has.

#pragma once

#include <cstdint>
#include <string>

#include "config/config.h"

namespace trunkd {

// `address` ("192.0.2.1:7480") is one of this machine's own, with that port.
bool is_this_machine(const std::string& address, uint16_t port);

// A connection to `address` would come to a listener that is configured so. Never for port 0,
// which stands for one that is not known yet.
bool listens_at(const ListenAddress& listener, const std::string& address);

}  // namespace trunkd
