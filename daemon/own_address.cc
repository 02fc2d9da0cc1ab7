#include "daemon/own_address.h"

#include <ifaddrs.h>
#include <optional>

#include "base/text.h"
#include "event/socket_address.h"

namespace trunkd {

bool is_this_machine(const std::string& address, uint16_t port) {
  if (!address.ends_with(':' + std::to_string(port))) return false;
  ifaddrs* interfaces = nullptr;
  if (getifaddrs(&interfaces) != 0) return false;
  bool found = istarts_with(address, "127.");
  for (const ifaddrs* one = interfaces; one != nullptr && !found; one = one->ifa_next) {
    if (one->ifa_addr == nullptr) continue;
    const int family = one->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    found = SocketAddress(one->ifa_addr).with_port(port).text() == address;
  }
  freeifaddrs(interfaces);
  return found;
}

bool listens_at(const ListenAddress& listener, const std::string& address) {
  if (listener.port == 0) return false;
  const auto is_at = [&](const std::string& host) {
    const auto own = SocketAddress::parse(host, listener.port);
    return own && own->text() == address;
  };
  switch (listener.kind) {
    case ListenAddress::Kind::unix_socket:
      return false;
    case ListenAddress::Kind::loopback_port:
      return is_at("127.0.0.1") || is_at("::1");
    case ListenAddress::Kind::tcp:
      if (listener.host != "0.0.0.0" && listener.host != "::") return is_at(listener.host);
      return is_this_machine(address, listener.port);
  }
  return false;
}

}  // namespace trunkd
