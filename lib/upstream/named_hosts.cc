#include "upstream/named_hosts.h"

#include <algorithm>

#include "base/address_kind.h"

namespace trunkd {
namespace {

// "*.intranet.example": any name below it.
bool matches(const std::string& pattern, const std::string& host) {
  if (!pattern.starts_with("*.")) return pattern == host;
  return host.size() > pattern.size() - 1 && host.ends_with(std::string_view(pattern).substr(1));
}

}  // namespace

NamedHosts::NamedHosts(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (const auto network = IpNetwork::parse(name)) {
      networks_.push_back(*network);
    } else {
      hosts_.push_back(name);
    }
  }
}

bool NamedHosts::has_host(const std::string& host) const {
  return std::any_of(hosts_.begin(), hosts_.end(),
                     [&](const std::string& pattern) { return matches(pattern, host); });
}

bool NamedHosts::has_address(const IpAddress& address) const {
  const auto carried = carried_ipv4(address);
  return std::any_of(networks_.begin(), networks_.end(), [&](const IpNetwork& network) {
    return network.contains(address) || (carried && network.contains(*carried));
  });
}

}  // namespace trunkd
