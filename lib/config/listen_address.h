// Addresses of listeners: reading them, and which of them cannot be open at the same time.

#pragma once

#include <string>
#include <string_view>

#include "config/config.h"
#include "config/parsed.h"

namespace trunkd {

// The longest path of a Unix socket (sun_path, less its final zero).
constexpr size_t kMaxSocketPath = 107;

// "8101", "127.0.0.1:8101", "[::1]:8101", "unix:/run/a.sock"; localhost:PORT is the same as PORT.
// The error is a sentence for the user.
Parsed<ListenAddress> parse_listen_address(std::string_view text);

// An error if it is not absolute or too long for the system.
Parsed<std::string> parse_socket_path(std::string_view path);

// Can only programs of this machine reach it?
bool is_local(const ListenAddress& address);

// Would the second of them fail to open? Never for port 0.
bool overlap(const ListenAddress& a, const ListenAddress& b);

}  // namespace trunkd
