#include "session/session.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

#include "session/retry_after.h"

namespace trunkd {
namespace {

PoolSettings pool_settings(const SessionConfig& config) {
  const bool for_many_hosts = config.public_only;  // of any session over the pool
  return {config.connections,
          config.connections_per_host,
          config.keepalive.idle,
          config.keepalive.max_age,
          config.keepalive.max_requests,
          config.keepalive.unsafe_idle,
          for_many_hosts ? 0 : config.keepalive.warm};
}

DestinationSettings destinations(const SessionConfig& config) {
  DestinationSettings settings;
  for (const FixedAddresses& fixed : config.resolve) settings.resolve[fixed.host] = fixed.addresses;
  settings.public_only = config.public_only;
  for (const HostPattern& host : config.written_out) {
    settings.named.push_back({host.host, host.port});
  }
  settings.allow_private = config.allow_private.all;
  for (const std::string& name : config.allow_private.named) {
    auto& list =
        IpNetwork::parse(name) ? settings.allow_private_networks : settings.allow_private_hosts;
    list.push_back(name);
  }
  return settings;
}

// Empty if a session over the pool of `owner` is for many hosts, which are all named by the user.
std::vector<Origin> origins_over(const Config& config, const SessionConfig& owner) {
  std::vector<Origin> origins;
  for (const SessionConfig& session : config.sessions) {
    if (session.name != owner.name && session.pool != owner.name) continue;
    if (session.multi_host) return {};
    origins.push_back(session.origin);
  }
  return origins;
}

TlsSettings tls_settings(const Config& config, const SessionConfig& owner) {
  TlsSettings settings;
  settings.verify = owner.tls.verify;
  settings.ca_file = owner.tls.ca_file;
  settings.extra_ca_file = owner.tls.extra_ca_file;
  settings.server_name = owner.tls.server_name;
  settings.min_version = owner.tls.tls13_only ? TlsVersion::tls13 : TlsVersion::tls12;
  settings.client_cert = owner.tls.client_cert;
  settings.client_key = owner.tls.client_key;
  settings.client_cert_for = origins_over(config, owner);
  return settings;
}

}  // namespace

UpstreamSettings upstream_settings(const Config& config, const SessionConfig& owner) {
  UpstreamSettings settings;
  settings.connect_timeout = owner.timeouts.connect;
  settings.dead_after = owner.keepalive.dead_after;
  settings.destinations = destinations(owner);
  settings.tls = tls_settings(config, owner);
  return settings;
}

Session::Session(Scheduler& scheduler, Makings makings, std::shared_ptr<const Config> config,
                 size_t index)
    : scheduler_(scheduler),
      config_(std::move(config)),
      index_(index),
      pool_(std::move(makings.pool)),
      credential_(std::move(makings.credential)),
      jars_(std::move(makings.jars)),
      metrics_(std::move(makings.metrics)),
      pacing_(scheduler, pool_->connections, settings().rate, settings().retry) {}

Result<std::shared_ptr<Jar>> Session::jar_for(const Headers& request) {
  if (!jars_) return nullptr;
  return jars_->jar_for(request);
}

std::optional<Duration> Session::note_pause(const Origin& origin, const ResponseHead& answer) {
  const auto pause =
      pause_asked(answer.status, answer.headers, scheduler_.wall_now(), settings().retry);
  const bool obeys = settings().retry.retry_after_max > Duration::zero();
  if (pause && obeys) {
    ++metrics_->pauses;
    pacing_.pause(origin, *pause);
  }
  return pause;
}

// Makes the sessions of one configuration; what several share is made once.
class SessionTable::Builder {
 public:
  Builder(Scheduler& scheduler, SessionParts& parts, const std::shared_ptr<const Config>& config)
      : scheduler_(scheduler), parts_(parts), config_(config) {}

  Result<std::shared_ptr<Session>> make(size_t index) {
    const SessionConfig& settings = config_->sessions[index];
    auto pool = pool_of(settings.pool.empty() ? settings : owner_of_pool(settings.pool));
    if (!pool) {
      Error error = pool.error();
      error.detail = "session \"" + settings.name + "\": " + error.detail;
      return tl::unexpected(std::move(error));
    }
    Session::Makings makings{std::move(*pool), nullptr, jars_of(settings),
                             parts_.metrics(settings)};
    if (settings.auth.kind != AuthConfig::Kind::none) {
      makings.credential = std::make_unique<const Credential>(
          settings, parts_.open_secret(settings, settings.auth.secret));
    }
    return std::make_shared<Session>(scheduler_, std::move(makings), config_, index);
  }

 private:
  const SessionConfig& owner_of_pool(const std::string& name) const {
    const auto found = std::find_if(config_->sessions.begin(), config_->sessions.end(),
                                    [&](const auto& session) { return session.name == name; });
    assert(found != config_->sessions.end());  // the loader has seen to it
    return *found;
  }

  Result<std::shared_ptr<SessionPool>> pool_of(const SessionConfig& owner) {
    std::shared_ptr<SessionPool>& pool = pools_[owner.name];
    if (!pool) {
      auto factory = parts_.make_factory(owner);
      if (!factory) return tl::unexpected(factory.error());
      pool = std::make_shared<SessionPool>(scheduler_, std::move(*factory), pool_settings(owner));
    }
    return pool;
  }

  std::shared_ptr<JarSet> jars_of(const SessionConfig& settings) {
    if (settings.cookies.keep == CookiesConfig::Keep::off) return nullptr;
    const std::string& name = settings.cookies.jar.empty() ? settings.name : settings.cookies.jar;
    std::shared_ptr<JarSet>& jars = jars_[name];
    if (!jars) jars = std::make_shared<JarSet>(parts_.jar_parts(), settings.cookies, name);
    return jars;
  }

  Scheduler& scheduler_;
  SessionParts& parts_;
  const std::shared_ptr<const Config>& config_;
  std::map<std::string, std::shared_ptr<SessionPool>> pools_;  // by its owner's name
  std::map<std::string, std::shared_ptr<JarSet>> jars_;
};

Result<std::shared_ptr<SessionTable>> SessionTable::create(
    Scheduler& scheduler, SessionParts& parts, const std::shared_ptr<const Config>& config) {
  std::shared_ptr<SessionTable> table(new SessionTable(config));
  Builder builder(scheduler, parts, config);
  for (size_t i = 0; i < config->sessions.size(); ++i) {
    auto session = builder.make(i);
    if (!session) return tl::unexpected(session.error());
    table->sessions_.push_back(std::move(*session));
  }
  return table;
}

}  // namespace trunkd
