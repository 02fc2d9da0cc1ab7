// How a request came in: what the listener knows of it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace trunkd {

struct Arrival {
  // The session whose own listener this is, as its index in Config::sessions; none: the shared
  // port.
  std::optional<size_t> own_session;
  bool removed = false;  // the configuration has no such listener any more; its clients go
  bool unix_socket = false;
  std::string_view
      local_ip;  // the accepting address without port, IPv6 without brackets; empty for Unix
  uint16_t local_port = 0;
};

}  // namespace trunkd
