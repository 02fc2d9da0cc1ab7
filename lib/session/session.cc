#include "session/session.h"

#include <utility>

namespace trunkd {
namespace {

UpstreamSettings upstream_settings(const SessionConfig& config) {
  return {config.timeouts.connect, config.tls.verify, config.tls.ca_file, config.tls.server_name,
          config.tls.tls13_only};
}

PoolSettings pool_settings(const SessionConfig& config) {
  return {config.connections, config.connections_per_host, config.keepalive.idle,
          config.keepalive.max_age, config.keepalive.max_requests};
}

}  // namespace

Result<std::shared_ptr<Session>> Session::create(const UpstreamParts& parts,
                                                 std::shared_ptr<const Config> config,
                                                 size_t index) {
  std::shared_ptr<Session> session(new Session(std::move(config), index));
  const SessionConfig& settings = session->settings();
  auto factory = UpstreamFactory::create(parts, upstream_settings(settings));
  if (!factory) return tl::unexpected(factory.error());
  session->factory_ = std::move(*factory);
  session->pool_ =
      std::make_unique<ConnectionPool>(parts.loop, *session->factory_, pool_settings(settings));
  return session;
}

Result<std::shared_ptr<SessionTable>> SessionTable::create(const UpstreamParts& parts,
                                                           std::shared_ptr<const Config> config) {
  std::shared_ptr<SessionTable> table(new SessionTable(config));
  for (size_t i = 0; i < config->sessions.size(); ++i) {
    auto session = Session::create(parts, config, i);
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
