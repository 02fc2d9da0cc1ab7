#include "upstream/upstream_proxy.h"

#include "upstream/proxy_connect.h"
#include "upstream/socks_connect.h"

namespace trunkd {

UpstreamProxy::UpstreamProxy(const ProxySettings& settings, const Destinations& destinations)
    : kind_(settings.kind),
      host_(settings.host),
      port_(settings.port),
      no_proxy_(settings.no_proxy),
      destinations_(destinations),
      access_(authority_with_port(host_, port_), settings.user, settings.password) {}

bool UpstreamProxy::serves(const Origin& origin) const {
  const auto literal = IpAddress::parse(origin.host);
  return literal ? !no_proxy_.has_address(*literal) : !no_proxy_.has_host(origin.host);
}

const ProxyAccess* UpstreamProxy::takes_requests_for(const Origin& origin) const {
  return kind_ == ProxySettings::Kind::http && origin.scheme == Scheme::http ? &access_ : nullptr;
}

std::unique_ptr<ProxyHandshake> UpstreamProxy::handshake(const Origin& origin) const {
  if (takes_requests_for(origin) != nullptr) return nullptr;
  if (kind_ == ProxySettings::Kind::socks5h) {
    return std::make_unique<SocksConnect>(access_, origin);
  }
  return std::make_unique<ProxyConnect>(access_, origin);
}

const Addresses* UpstreamProxy::fixed(const std::string& host) const {
  return destinations_.fixed(host);
}

std::optional<Error> UpstreamProxy::refuse(const Origin& origin,
                                           const SocketAddress& address) const {
  if (auto refused = destinations_.refuse_unseen(origin)) return refused;
  if (!destinations_.is_loop(address)) return std::nullopt;
  Error loop{ErrorKind::proxy_loop,
             "the proxy " + name() + " is " + address.text() + ", a listener of trunkd itself",
             "Let upstream_proxy name another proxy than trunkd."};
  loop.setting = ProxyAccess::kSetting;
  return loop;
}

}  // namespace trunkd
