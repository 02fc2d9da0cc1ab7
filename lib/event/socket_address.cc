#include "event/socket_address.h"

#include <arpa/inet.h>
#include <cstring>
#include <ifaddrs.h>

namespace trunkd {
namespace {

const sockaddr_in& as_ipv4(const sockaddr* address) {
  return *reinterpret_cast<const sockaddr_in*>(address);
}

}  // namespace

SocketAddress::SocketAddress(const sockaddr* address) {
  const size_t size = address->sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  std::memcpy(&storage_, address, size);
}

std::optional<SocketAddress> SocketAddress::parse(std::string_view host, uint16_t port) {
  const std::string text(host);
  if (text.find('\0') != std::string::npos) return std::nullopt;
  sockaddr_in6 ipv6{};
  if (inet_pton(AF_INET6, text.c_str(), &ipv6.sin6_addr) == 1) {
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    return SocketAddress(reinterpret_cast<const sockaddr*>(&ipv6));
  }
  sockaddr_in ipv4{};
  if (inet_pton(AF_INET, text.c_str(), &ipv4.sin_addr) == 1) {
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(port);
    return SocketAddress(reinterpret_cast<const sockaddr*>(&ipv4));
  }
  return std::nullopt;
}

SocketAddress SocketAddress::with_port(uint16_t port) const {
  SocketAddress other = *this;
  other.storage_.sin6_port = htons(port);  // at the same place in both families
  return other;
}

bool SocketAddress::is_loopback() const {
  if (!is_ipv6()) return ntohl(as_ipv4(get()).sin_addr.s_addr) >> 24 == 127;
  const in6_addr& address = storage_.sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&address)) return address.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&address);
}

uint16_t SocketAddress::port() const { return ntohs(storage_.sin6_port); }

std::string SocketAddress::host() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (is_ipv6()) {
    inet_ntop(AF_INET6, &storage_.sin6_addr, text, sizeof text);
  } else {
    inet_ntop(AF_INET, &as_ipv4(get()).sin_addr, text, sizeof text);
  }
  return text;
}

std::string SocketAddress::text() const {
  const std::string port_text = ':' + std::to_string(port());
  return is_ipv6() ? '[' + host() + ']' + port_text : host() + port_text;
}

bool SocketAddress::operator==(const SocketAddress& other) const {
  if (is_ipv6() != other.is_ipv6() || storage_.sin6_port != other.storage_.sin6_port) return false;
  if (!is_ipv6()) {
    return as_ipv4(get()).sin_addr.s_addr == as_ipv4(other.get()).sin_addr.s_addr;
  }
  return IN6_ARE_ADDR_EQUAL(&storage_.sin6_addr, &other.storage_.sin6_addr) &&
         storage_.sin6_scope_id == other.storage_.sin6_scope_id;
}

bool is_of_this_machine(const SocketAddress& address) {
  if (address.is_loopback()) return true;
  ifaddrs* interfaces = nullptr;
  if (getifaddrs(&interfaces) != 0) return false;
  bool found = false;
  for (const ifaddrs* one = interfaces; one != nullptr && !found; one = one->ifa_next) {
    if (one->ifa_addr == nullptr) continue;
    const int family = one->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    found = SocketAddress(one->ifa_addr).with_port(address.port()) == address;
  }
  freeifaddrs(interfaces);
  return found;
}

}  // namespace trunkd
