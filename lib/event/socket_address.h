// SocketAddress: an IPv4 or IPv6 address with its port.

#pragma once

#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

namespace trunkd {

class SocketAddress {
 public:
  SocketAddress() = default;
  explicit SocketAddress(const sockaddr* address);  // AF_INET or AF_INET6
  // An address literal, IPv6 without brackets; no name lookup.
  static std::optional<SocketAddress> parse(std::string_view host, uint16_t port);

  SocketAddress with_port(uint16_t port) const;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return is_ipv6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in); }
  bool is_ipv6() const { return storage_.sin6_family == AF_INET6; }
  bool is_loopback() const;  // 127.0.0.0/8, ::1, and ::ffff:127.0.0.0/104
  uint16_t port() const;
  std::string host() const;  // "127.0.0.1", "::1"
  std::string text() const;  // "127.0.0.1:80", "[::1]:80"
  bool operator==(const SocketAddress& other) const;

 private:
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  sockaddr_in6 storage_{};  // large enough for both
};

// One of the machine's interfaces has it, or it is loopback.
bool is_of_this_machine(const SocketAddress& address);

using Addresses = std::vector<SocketAddress>;

}  // namespace trunkd
