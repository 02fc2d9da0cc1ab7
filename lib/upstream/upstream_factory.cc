#include "upstream/upstream_factory.h"

#include <utility>

#include "upstream/upstream_connection.h"

namespace trunkd {
namespace {

// How to get to an origin.
struct Way {
  const AddressRules& rules;
  const UpstreamProxy* proxy;  // null: directly
  TlsContext* tls;             // null: none
  OpeningMetrics& metrics;
};

void count_opened(OpeningMetrics& metrics, const Dialled& dialled, bool secure) {
  metrics.dns.observe(dialled.times.dns);
  metrics.connect.observe(dialled.times.connect);
  if (!secure) return;
  metrics.tls.observe(dialled.times.tls);
  ++(dialled.tls_resumed ? metrics.handshakes_resumed : metrics.handshakes_full);
}

void count_failed(OpeningMetrics& metrics, const Error& error) {
  metrics.failed.add(error.kind);
  const bool in_handshake =
      error.kind == ErrorKind::tls_certificate || error.kind == ErrorKind::tls_protocol;
  if (in_handshake) ++metrics.handshakes_failed;
}

class Open final : public PendingOpen {
 public:
  Open(const UpstreamParts& parts, const Way& way, Duration timeout, Duration dead_after,
       const Origin& origin, OpenListener& listener)
      : parts_(parts),
        way_(way),
        origin_(origin),
        dead_after_(dead_after),
        listener_(listener),
        connector_({parts.loop, parts.addresses, way.tls, &way.rules, way.proxy, &way.metrics},
                   origin, timeout) {
    connector_.start([this](Result<Dialled> dialled) { on_done(std::move(dialled)); });
  }

 private:
  void on_done(Result<Dialled> dialled) {
    if (!dialled) {
      count_failed(way_.metrics, dialled.error());
      return listener_.on_open_failed(*this, dialled.error());
    }
    count_opened(way_.metrics, *dialled, origin_.secure());
    const SocketAddress address = dialled->socket_address;
    auto connection = std::make_unique<UpstreamConnection>(
        parts_.loop, origin_, std::move(*dialled), ++parts_.last_connection_id, dead_after_);
    if (way_.proxy != nullptr) connection->set_proxy(way_.proxy->takes_requests_for(origin_));
    const std::string& host = way_.proxy != nullptr ? way_.proxy->host() : origin_.host;
    if (way_.rules.fixed(host) == nullptr) {
      connection->keep_watch(
          parts_.addresses.watch(host, address, [opened = connection.get()] { opened->retire(); }));
    }
    listener_.on_opened(*this, std::move(connection));  // the pool disposes of this
  }

  const UpstreamParts& parts_;
  const Way way_;
  const Origin origin_;
  const Duration dead_after_;
  OpenListener& listener_;
  Connector connector_;
};

}  // namespace

Result<std::unique_ptr<UpstreamFactory>> UpstreamFactory::create(
    const UpstreamParts& parts, const UpstreamSettings& settings,
    std::shared_ptr<OpeningMetrics> metrics, OnTlsFiles on_tls_files) {
  auto tls = TlsContext::create(settings.tls, parts.trust);
  if (!tls) return tl::unexpected(tls.error());
  (*tls)->follow_files(parts.loop, std::move(on_tls_files));
  if (!metrics) metrics = std::make_shared<OpeningMetrics>();
  return std::unique_ptr<UpstreamFactory>(
      new UpstreamFactory(parts, std::move(*tls), settings, std::move(metrics)));
}

UpstreamFactory::UpstreamFactory(const UpstreamParts& parts, std::unique_ptr<TlsContext> tls,
                                 const UpstreamSettings& settings,
                                 std::shared_ptr<OpeningMetrics> metrics)
    : parts_(parts),
      tls_(std::move(tls)),
      connect_timeout_(settings.connect_timeout),
      dead_after_(settings.dead_after),
      destinations_(settings.destinations, parts.is_own_address),
      metrics_(std::move(metrics)) {
  if (settings.proxy) proxy_.emplace(*settings.proxy, destinations_);
}

std::unique_ptr<PendingOpen> UpstreamFactory::open(const Origin& origin, OpenListener& listener) {
  const UpstreamProxy* proxy = proxy_ && proxy_->serves(origin) ? &*proxy_ : nullptr;
  const AddressRules& rules =
      proxy != nullptr ? static_cast<const AddressRules&>(*proxy) : destinations_;
  const Way way{rules, proxy, origin.secure() ? tls_.get() : nullptr, *metrics_};
  return std::make_unique<Open>(parts_, way, connect_timeout_, dead_after_, origin, listener);
}

void UpstreamFactory::renew(const Origin& origin) {
  const bool by_proxy = proxy_ && proxy_->serves(origin);
  parts_.addresses.renew(by_proxy ? proxy_->host() : origin.host);
}

}  // namespace trunkd
