// IpAddress and IpNetwork: addresses as numbers, to be compared and judged.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trunkd {

struct IpAddress {
  std::array<uint8_t, 16> bytes{};  // of an IPv4 address the first four, the rest is zero
  bool ipv6 = false;

  // "192.0.2.1" in four decimal numbers, "2001:db8::1" without brackets and zone; nothing else.
  static std::optional<IpAddress> parse(std::string_view text);
  static IpAddress v4(const uint8_t* bytes);  // four of them

  size_t bits() const { return ipv6 ? 128 : 32; }
  std::string text() const;  // the usual spelling (RFC 5952)
  bool operator==(const IpAddress&) const = default;
};

// All addresses that begin with the same bits.
struct IpNetwork {
  IpAddress address;
  size_t prefix = 0;  // that many bits

  // "10.0.0.0/8", "fd00::/8", or one address. None if it is something else, or if a bit behind the
  // prefix is set, so that it is not clear what is meant.
  static std::optional<IpNetwork> parse(std::string_view text);

  bool contains(const IpAddress& other) const;
  std::string text() const;  // without "/32" and "/128"
  bool operator==(const IpNetwork&) const = default;
};

}  // namespace trunkd
