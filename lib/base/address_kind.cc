#include "base/address_kind.h"

#include <algorithm>
#include <array>

namespace trunkd {
namespace {

using enum AddressKind;

struct Range {
  IpNetwork network;
  AddressKind kind;
};

Range range(std::string_view network, AddressKind kind) {
  return {IpNetwork::parse(network).value(), kind};
}

// The first that contains an address counts. The clouds' stand in front: most lie within a range
// that is private anyway, and one does not.
const auto& ranges() {
  static const std::array kRanges = {
      range("169.254.169.254", metadata),  // AWS, Azure, Google, Oracle, DigitalOcean, OpenStack
      range("169.254.169.253", metadata),  // AWS, names
      range("169.254.170.2", metadata),    // AWS, credentials of a container
      range("169.254.170.23", metadata),   // AWS, credentials of a pod
      range("169.254.42.42", metadata),    // Scaleway
      range("168.63.129.16", metadata),    // Azure; a public address that never leaves the host
      range("100.100.100.200", metadata),  // Alibaba
      range("192.0.0.192", metadata),      // Oracle, older
      range("fd00:ec2::254", metadata),    // AWS
      range("fd00:ec2::253", metadata),    // AWS, names
      range("fd00:ec2::23", metadata),     // AWS, credentials of a pod
      range("fd20:ce::254", metadata),     // Google
      range("fd00:42::42", metadata),      // Scaleway
      range("fe80::a9fe:a9fe", metadata),  // OpenStack

      range("0.0.0.0/8", unspecified),  // Linux connects 0.0.0.0 to itself
      range("10.0.0.0/8", private_network),
      range("100.64.0.0/10", shared),
      range("127.0.0.0/8", loopback),
      range("169.254.0.0/16", link_local),
      range("172.16.0.0/12", private_network),
      range("192.0.0.0/24", reserved),    // IETF protocol assignments
      range("192.0.2.0/24", reserved),    // documentation
      range("192.88.99.0/24", reserved),  // once 6to4's relays
      range("192.168.0.0/16", private_network),
      range("198.18.0.0/15", reserved),    // benchmarks
      range("198.51.100.0/24", reserved),  // documentation
      range("203.0.113.0/24", reserved),   // documentation
      range("224.0.0.0/4", multicast),
      range("240.0.0.0/4", reserved),  // and the broadcast address

      range("::/128", unspecified),
      range("::1/128", loopback),
      range("64:ff9b:1::/48", private_network),  // NAT64 of a network's own (RFC 8215)
      range("2001::/23", reserved),              // protocols' own; Teredo is judged before
      range("2001:db8::/32", reserved),          // documentation
      range("3fff::/20", reserved),              // documentation
      range("fc00::/7", private_network),
      range("fe80::/10", link_local),
      range("fec0::/10", private_network),  // site-local (RFC 3879)
      range("ff00::/8", multicast),
      range("2000::/3", global),
      range("::/0", reserved),  // nothing else of IPv6 is given out
      range("0.0.0.0/0", global),
  };
  return kRanges;
}

bool within(const IpAddress& address, std::string_view network) {
  return IpNetwork::parse(network)->contains(address);
}

AddressKind kind_by_range(const IpAddress& address) {
  const auto found = std::find_if(ranges().begin(), ranges().end(),
                                  [&](const Range& one) { return one.network.contains(address); });
  return found->kind;
}

// The server and the client behind it, whose bits are turned round (RFC 4380, section 4).
AddressKind kind_of_teredo(const IpAddress& address) {
  uint8_t client[4];
  std::transform(address.bytes.begin() + 12, address.bytes.end(), client,
                 [](uint8_t byte) { return static_cast<uint8_t>(~byte); });
  const AddressKind server = kind_by_range(IpAddress::v4(&address.bytes[4]));
  return server != global ? server : kind_by_range(IpAddress::v4(client));
}

}  // namespace

std::optional<IpAddress> carried_ipv4(const IpAddress& address) {
  if (!address.ipv6) return std::nullopt;
  if (within(address, "::ffff:0:0/96") || within(address, "::ffff:0:0:0/96") ||  // RFC 4291, 2765
      within(address, "64:ff9b::/96")) {                                         // RFC 6052
    return IpAddress::v4(&address.bytes[12]);
  }
  if (within(address, "2002::/16")) return IpAddress::v4(&address.bytes[2]);       // 6to4, RFC 3056
  const bool compatible = within(address, "::/96") && !within(address, "::/127");  // RFC 4291
  if (compatible) return IpAddress::v4(&address.bytes[12]);
  return std::nullopt;
}

AddressKind kind_of(const IpAddress& address) {
  if (address.ipv6 && within(address, "2001::/32")) return kind_of_teredo(address);
  const auto carried = carried_ipv4(address);
  return kind_by_range(carried ? *carried : address);
}

std::string_view name_of(AddressKind kind) {
  switch (kind) {
    case global:
      return "a public address";
    case unspecified:
      return "no address of a host, but this machine itself";
    case loopback:
      return "an address of this machine itself";
    case private_network:
      return "an address of a private network";
    case shared:
      return "an address behind a carrier's NAT";
    case link_local:
      return "an address of the local link";
    case metadata:
      return "where a cloud gives out credentials";
    case multicast:
      return "a multicast address";
    case reserved:
      return "a reserved address";
  }
  return {};
}

}  // namespace trunkd
