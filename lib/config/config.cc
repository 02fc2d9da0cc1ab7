#include "config/config.h"

namespace trunkd {

std::string ListenAddress::text() const {
  if (kind == Kind::unix_socket) return "unix:" + path;
  if (kind == Kind::loopback_port) return std::to_string(port);
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

std::string HostPattern::text() const {
  const bool any = wildcard && host.empty();
  const bool ipv6 = host.find(':') != std::string::npos;
  std::string out = any ? "*" : wildcard ? "*." + host : ipv6 ? '[' + host + ']' : host;
  if (port) out += ':' + std::to_string(*port);
  return out;
}

std::string SecretRef::text() const {
  switch (kind) {
    case Kind::none:
      return {};
    case Kind::file:
      return "file:" + name;
    case Kind::env:
      return "env:" + name;
    case Kind::credential:
      return "credential:" + name;
  }
  return {};
}

}  // namespace trunkd
