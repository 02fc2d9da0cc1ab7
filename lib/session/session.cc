#include "session/session.h"

#include <utility>

namespace trunkd {
namespace {

PoolSettings pool_settings(const SessionConfig& config) {
  return {config.connections, config.connections_per_host, config.keepalive.idle,
          config.keepalive.max_age, config.keepalive.max_requests};
}

}  // namespace

UpstreamSettings upstream_settings(const SessionConfig& config) {
  return {config.timeouts.connect, config.tls.verify, config.tls.ca_file, config.tls.server_name,
          config.tls.tls13_only};
}

Session::Session(Scheduler& scheduler, std::unique_ptr<ConnectionFactory> factory,
                 std::shared_ptr<const Config> config, size_t index)
    : config_(std::move(config)),
      index_(index),
      factory_(std::move(factory)),
      pool_(scheduler, *factory_, pool_settings(settings())) {}

Result<std::shared_ptr<SessionTable>> SessionTable::create(
    Scheduler& scheduler, const MakeFactory& make_factory,
    const std::shared_ptr<const Config>& config) {
  std::shared_ptr<SessionTable> table(new SessionTable(config));
  for (size_t i = 0; i < config->sessions.size(); ++i) {
    auto factory = make_factory(config->sessions[i]);
    if (!factory) {
      Error error = factory.error();
      error.detail = "session \"" + config->sessions[i].name + "\": " + error.detail;
      return tl::unexpected(std::move(error));
    }
    table->sessions_.push_back(
        std::make_shared<Session>(scheduler, std::move(*factory), config, i));
  }
  return table;
}

}  // namespace trunkd
