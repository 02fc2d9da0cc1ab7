#include "upstream/upstream_factory.h"

#include <utility>

#include "upstream/upstream_connection.h"

namespace trunkd {
namespace {

class Open final : public PendingOpen {
 public:
  Open(const UpstreamParts& parts, TlsContext* tls, Duration timeout, const Origin& origin,
       OpenListener& listener)
      : parts_(parts),
        origin_(origin),
        listener_(listener),
        connector_({parts.loop, parts.resolver, origin.secure() ? tls : nullptr}, origin, timeout) {
    connector_.start([this](Result<Dialled> dialled) { on_done(std::move(dialled)); });
  }

 private:
  void on_done(Result<Dialled> dialled) {
    if (!dialled) return listener_.on_open_failed(*this, dialled.error());
    if (parts_.is_own_address && parts_.is_own_address(dialled->address)) {
      return listener_.on_open_failed(
          *this, {ErrorKind::proxy_loop,
                  origin_.authority() + " is " + dialled->address + ", a listener of trunkd itself",
                  "Let base_url name the origin, not trunkd."});
    }
    auto connection = std::make_unique<UpstreamConnection>(
        parts_.loop, origin_, std::move(*dialled), ++parts_.last_connection_id);
    listener_.on_opened(*this, std::move(connection));  // the pool disposes of this
  }

  const UpstreamParts& parts_;
  const Origin origin_;
  OpenListener& listener_;
  Connector connector_;
};

}  // namespace

Result<std::unique_ptr<UpstreamFactory>> UpstreamFactory::create(const UpstreamParts& parts,
                                                                 const UpstreamSettings& settings) {
  auto tls = TlsContext::create(settings.tls, parts.trust);
  if (!tls) return tl::unexpected(tls.error());
  (*tls)->follow_files(parts.loop, settings.on_tls_files);
  return std::unique_ptr<UpstreamFactory>(
      new UpstreamFactory(parts, std::move(*tls), settings.connect_timeout));
}

UpstreamFactory::UpstreamFactory(const UpstreamParts& parts, std::unique_ptr<TlsContext> tls,
                                 Duration connect_timeout)
    : parts_(parts), tls_(std::move(tls)), connect_timeout_(connect_timeout) {}

std::unique_ptr<PendingOpen> UpstreamFactory::open(const Origin& origin, OpenListener& listener) {
  return std::make_unique<Open>(parts_, tls_.get(), connect_timeout_, origin, listener);
}

}  // namespace trunkd
