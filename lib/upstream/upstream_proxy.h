// UpstreamProxy: the proxy that the connections of a pool go through, and which of them do.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "net/connector.h"
#include "net/next_hop.h"
#include "upstream/destinations.h"
#include "upstream/named_hosts.h"
#include "upstream/proxy_access.h"

namespace trunkd {

struct ProxySettings {
  enum class Kind : uint8_t { http, socks5h };
  Kind kind = Kind::http;
  std::string host{};  // as in an Origin
  uint16_t port = 0;
  std::string user{};                        // empty: no login
  std::shared_ptr<const Secret> password{};  // null: an empty one
  std::vector<std::string> no_proxy{};       // what is reached without it; see NamedHosts

  // Without the password, which is its configuration's to compare.
  bool operator==(const ProxySettings& other) const {
    return kind == other.kind && host == other.host && port == other.port && user == other.user &&
           no_proxy == other.no_proxy;
  }
};

class UpstreamProxy final : public NextHop, public AddressRules {
 public:
  // `destinations` must outlive it.
  UpstreamProxy(const ProxySettings& settings, const Destinations& destinations);

  // False: no_proxy names the host, so it is connected to directly. Nothing is looked up for that.
  bool serves(const Origin& origin) const;

  // Requests to this origin are the proxy's to send on, in absolute form (RFC 9112, 3.2.2), with
  // what access() has. Null: what is said on the connection goes to the origin as it is.
  const ProxyAccess* takes_requests_for(const Origin& origin) const;

  // NextHop
  const std::string& host() const override { return host_; }
  uint16_t port() const override { return port_; }
  std::string_view setting() const override { return ProxyAccess::kSetting; }
  std::unique_ptr<ProxyHandshake> handshake(const Origin& origin) const override;

  // AddressRules. The configuration names the proxy, so it may be anywhere but at one of our own
  // listeners. Of the origin that is judged which can be without its addresses: these are the
  // proxy's to find.
  const Addresses* fixed(const std::string& host) const override;
  std::optional<Error> refuse(const Origin& origin, const SocketAddress& address) const override;

 private:
  const ProxySettings::Kind kind_;
  const std::string host_;
  const uint16_t port_;
  const NamedHosts no_proxy_;
  const Destinations& destinations_;
  const ProxyAccess access_;
};

}  // namespace trunkd
