// What an address is for, and whether it may be reached on behalf of somebody who only named a
// host: the special ranges of IPv4 and IPv6 (RFC 6890 and IANA's registries), and the addresses
// under which clouds give out credentials.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ip_address.h"

namespace trunkd {

enum class AddressKind : uint8_t {
  global,  // anybody's on the Internet
  unspecified,
  loopback,
  private_network,  // RFC 1918, and unique local (RFC 4193) and site-local ones of IPv6
  shared,           // behind a carrier's NAT (RFC 6598)
  link_local,
  metadata,  // of a cloud
  multicast,
  reserved,  // documentation, benchmarks, protocols' own, not assigned
};

// An IPv6 address that carries an IPv4 one (mapped, compatible, NAT64, 6to4, Teredo) is of that
// one's kind: a gateway, or this machine itself, would take the bytes there.
AddressKind kind_of(const IpAddress& address);

// The IPv4 address that a connection to this one reaches; none if it reaches just itself. Not
// Teredo's, which has two.
std::optional<IpAddress> carried_ipv4(const IpAddress& address);

std::string_view name_of(AddressKind kind);  // "a private address", for a sentence

}  // namespace trunkd
