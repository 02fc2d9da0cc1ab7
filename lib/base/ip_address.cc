#include "base/ip_address.h"

#include <algorithm>
#include <arpa/inet.h>

#include "base/text.h"

namespace trunkd {
namespace {

bool bit(const IpAddress& address, size_t index) {
  return (address.bytes[index / 8] >> (7 - index % 8) & 1) != 0;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  char copy[INET6_ADDRSTRLEN] = "";
  if (text.size() >= sizeof copy || text.find('\0') != text.npos) return std::nullopt;
  text.copy(copy, text.size());
  IpAddress address;
  if (inet_pton(AF_INET, copy, address.bytes.data()) == 1) return address;
  if (inet_pton(AF_INET6, copy, address.bytes.data()) != 1) return std::nullopt;
  address.ipv6 = true;
  return address;
}

IpAddress IpAddress::v4(const uint8_t* bytes) {
  IpAddress address;
  std::copy(bytes, bytes + 4, address.bytes.begin());
  return address;
}

std::string IpAddress::text() const {
  char out[INET6_ADDRSTRLEN] = "";
  inet_ntop(ipv6 ? AF_INET6 : AF_INET, bytes.data(), out, sizeof out);
  return out;
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const size_t slash = std::min(text.find('/'), text.size());
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  IpNetwork network{*address, address->bits()};
  if (slash == text.size()) return network;
  const auto prefix = parse_decimal(text.substr(slash + 1));
  if (!prefix || *prefix > address->bits()) return std::nullopt;
  network.prefix = *prefix;
  for (size_t i = network.prefix; i < address->bits(); ++i) {
    if (bit(*address, i)) return std::nullopt;
  }
  return network;
}

bool IpNetwork::contains(const IpAddress& other) const {
  if (other.ipv6 != address.ipv6) return false;
  for (size_t i = 0; i < prefix; ++i) {
    if (bit(address, i) != bit(other, i)) return false;
  }
  return true;
}

std::string IpNetwork::text() const {
  return address.text() + (prefix == address.bits() ? "" : '/' + std::to_string(prefix));
}

}  // namespace trunkd
