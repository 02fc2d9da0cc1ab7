#include "daemon/own_address.h"

namespace trunkd {

bool listens_at(const ListenAddress& listener, const SocketAddress& address) {
  if (listener.port == 0 || listener.port != address.port()) return false;
  switch (listener.kind) {
    case ListenAddress::Kind::unix_socket:
      return false;
    case ListenAddress::Kind::loopback_port:
      return address.host() == "127.0.0.1" || address.host() == "::1";
    case ListenAddress::Kind::tcp:
      if (listener.host == (address.is_ipv6() ? "::" : "0.0.0.0"))
        return is_of_this_machine(address);
      return SocketAddress::parse(listener.host, listener.port) == address;
  }
  return false;
}

}  // namespace trunkd
