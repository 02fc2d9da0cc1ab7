// Which addresses the connections of a pool may go to, and which hosts have theirs from the
// configuration.

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/address_kind.h"
#include "net/connector.h"
#include "upstream/named_hosts.h"

namespace trunkd {

// What a session, or several that share a pool, say of it; hosts are normalized.
struct DestinationSettings {
  std::map<std::string, std::vector<std::string>> resolve;  // address literals

  // Private addresses are refused, but for what is named below.
  bool public_only = false;
  struct Named {
    std::string host;
    std::optional<uint16_t> port;  // none: 80 and 443
    bool operator==(const Named&) const = default;
  };
  std::vector<Named> named;  // hosts that may be at any address
  bool allow_private = false;
  std::vector<std::string> allow_private_named;  // see NamedHosts

  bool operator==(const DestinationSettings&) const = default;
};

class Destinations final : public AddressRules {
 public:
  // True for an address that one of our own listeners has.
  using IsOwnAddress = std::function<bool(const SocketAddress& address)>;

  // `is_own_address` may be empty; what it refers to must outlive this.
  Destinations(const DestinationSettings& settings, IsOwnAddress is_own_address);

  const Addresses* fixed(const std::string& host) const override;
  // proxy_loop, address_refused.
  std::optional<Error> refuse(const Origin& origin, const SocketAddress& address) const override;

  // Where somebody else looks the host up: what can be said without its addresses, which is all of
  // it for an address literal and localhost.
  std::optional<Error> refuse_unseen(const Origin& origin) const;
  // One of our own listeners is there.
  bool is_loop(const SocketAddress& address) const;

 private:
  bool may_be_private(const Origin& origin) const;

  const DestinationSettings settings_;
  const IsOwnAddress is_own_address_;
  std::map<std::string, Addresses> fixed_;
  const NamedHosts allow_private_;
};

}  // namespace trunkd
