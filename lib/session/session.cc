#include "session/session.h"

#include <utility>

namespace trunkd {
namespace {

TlsSettings tls_settings(const TlsConfig& config) {
  return {config.verify, config.ca_file, config.server_name,
          config.tls13_only ? TlsVersion::tls13 : TlsVersion::tls12};
}

PoolSettings pool_settings(const SessionConfig& config) {
  return {config.connections, config.connections_per_host, config.keepalive.idle,
          config.keepalive.max_age, config.keepalive.max_requests};
}

}  // namespace

Result<std::shared_ptr<Session>> Session::create(const UpstreamParts& parts, TrustStores& trust,
                                                 std::shared_ptr<const Config> config,
                                                 size_t index) {
  std::shared_ptr<Session> session(new Session(std::move(config), index));
  const SessionConfig& settings = session->settings();
  if (settings.multi_host || settings.origin.secure()) {
    auto tls = TlsContext::create(tls_settings(settings.tls), trust);
    if (!tls) return tl::unexpected(tls.error());
    session->tls_ = std::move(*tls);
  }
  session->factory_ =
      std::make_unique<UpstreamFactory>(parts, session->tls_.get(), settings.timeouts.connect);
  session->pool_ =
      std::make_unique<ConnectionPool>(parts.loop, *session->factory_, pool_settings(settings));
  return session;
}

Result<std::shared_ptr<SessionTable>> SessionTable::create(const UpstreamParts& parts,
                                                           TrustStores& trust,
                                                           std::shared_ptr<const Config> config) {
  std::shared_ptr<SessionTable> table(new SessionTable(config));
  for (size_t i = 0; i < config->sessions.size(); ++i) {
    auto session = Session::create(parts, trust, config, i);
    if (!session) {
      Error error = session.error();
      error.detail = "session \"" + config->sessions[i].name + "\": " + error.detail;
      return tl::unexpected(std::move(error));
    }
    table->sessions_.push_back(std::move(*session));
  }
  return table;
}

}  // namespace trunkd
