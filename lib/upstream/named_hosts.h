// NamedHosts: a list of hosts, addresses and networks as the configuration writes it.

#pragma once

#include <string>
#include <vector>

#include "base/ip_address.h"

namespace trunkd {

class NamedHosts {
 public:
  // "intranet.example", "*.intranet.example", "192.0.2.7", "10.0.0.0/8"; normalized.
  explicit NamedHosts(const std::vector<std::string>& names);

  // By its name: `host` is normalized, and nothing is looked up.
  bool has_host(const std::string& host) const;
  // By an address or network, also if it carries such an IPv4 address.
  bool has_address(const IpAddress& address) const;

 private:
  std::vector<std::string> hosts_;
  std::vector<IpNetwork> networks_;
};

}  // namespace trunkd
