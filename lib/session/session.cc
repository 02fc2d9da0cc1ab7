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
  settings.allow_private_named = config.allow_private.named;
  return settings;
}

std::optional<ProxySettings> proxy_settings(const SessionConfig& config) {
  using Kind = UpstreamProxyConfig::Kind;
  const UpstreamProxyConfig& proxy = config.upstream_proxy;
  if (proxy.kind == Kind::none) return std::nullopt;
  ProxySettings settings;
  settings.kind =
      proxy.kind == Kind::http ? ProxySettings::Kind::http : ProxySettings::Kind::socks5h;
  settings.host = proxy.host;
  settings.port = proxy.port;
  settings.user = proxy.user;
  if (!proxy.password.empty()) {
    settings.password = std::make_shared<const FixedSecret>(proxy.password);
  }
  settings.no_proxy = config.no_proxy;
  return settings;
}

bool obeys_the_same_pauses(const RetryConfig& a, const RetryConfig& b) {
  return a.retry_after_max == b.retry_after_max && a.rate_headers == b.rate_headers;
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
  if (!settings.client_cert.empty()) settings.client_cert_for = origins_over(config, owner);
  return settings;
}

}  // namespace

UpstreamSettings upstream_settings(const Config& config, const SessionConfig& owner) {
  UpstreamSettings settings;
  settings.connect_timeout = owner.timeouts.connect;
  settings.dead_after = owner.keepalive.dead_after;
  settings.destinations = destinations(owner);
  settings.proxy = proxy_settings(owner);
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
      pacing_(makings.pacing ? std::move(makings.pacing)
                             : std::make_shared<Pacing>(scheduler, pool_->connections,
                                                        settings().rate, settings().retry)),
      share_(makings.share ? std::move(makings.share) : std::make_shared<QueueShare>()) {}

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
    pacing_->pause(origin, *pause);
  }
  return pause;
}

template <typename Act>
void Session::for_each_before(Act act) const {
  for (const std::weak_ptr<Session>& one : before_) {
    if (const auto session = one.lock()) act(*session);
  }
}

void Session::pause() {
  for_each_before([](Session& before) { before.pacing_->stop(); });
  state_ = SessionState::paused;
  pacing_->stop();
}

void Session::resume() {
  go_on();
  lift_pauses();
}

void Session::go_on() {
  for_each_before([](Session& before) { before.pacing_->resume(); });
  state_ = SessionState::running;
  pacing_->resume();
}

void Session::lift_pauses() {
  for_each_before([](Session& before) { before.pacing_->lift_pauses(); });
  pacing_->lift_pauses();
}

void Session::reconnect() {
  for_each_before([](Session& before) { before.pool().retire_all(); });
  pool().retire_all();
}

void Session::close() {
  go_on();
  state_ = SessionState::closed;
  reconnect();
  if (jars_ && settings().cookies.keep == CookiesConfig::Keep::memory) jars_->clear();
}

void Session::start(size_t connections) {
  resume();
  if (!settings().multi_host) pool().make_ready(settings().origin, connections);
}

void Session::take_over(const std::shared_ptr<Session>& before) {
  before_ = before->before_;
  std::erase_if(before_, [](const auto& one) { return one.expired(); });
  before_.push_back(before);
  state_ = before->state_;
  if (!obeys_the_same_pauses(settings().retry, before->settings().retry)) {
    lift_pauses();
  } else if (pacing_ != before->pacing_) {
    pacing_->take_pauses(*before->pacing_);
  }
  if (state_ == SessionState::paused) pacing_->stop();
}

// Makes the sessions of one configuration; what several share is made once, and what a running
// table has is taken where it will do.
class SessionTable::Builder {
 public:
  Builder(Scheduler& scheduler, SessionParts& parts, const std::shared_ptr<const Config>& config,
          const SessionTable* running, std::vector<std::function<void()>>& on_commit)
      : scheduler_(scheduler),
        parts_(parts),
        config_(config),
        running_(running),
        on_commit_(on_commit) {}

  Result<std::shared_ptr<Session>> make(size_t index) {
    const SessionConfig& settings = config_->sessions[index];
    auto pool = pool_of(settings.pool.empty() ? settings : owner_of_pool(settings.pool));
    if (!pool) {
      Error error = pool.error();
      error.detail = "session \"" + settings.name + "\": " + error.detail;
      return tl::unexpected(std::move(error));
    }
    Session::Makings makings{
        .pool = std::move(*pool), .jars = jars_of(settings), .metrics = parts_.metrics(settings)};
    const std::shared_ptr<Session> before = running(settings.name);
    if (before && before->pool_ == makings.pool) {
      if (before->settings() == settings && before->jars_ == makings.jars) return before;
      const bool same_pace =
          before->settings().rate == settings.rate &&
          before->settings().retry.retry_after_max == settings.retry.retry_after_max;
      if (same_pace) makings.pacing = before->pacing_;
    }
    if (before) makings.share = before->share_;
    if (settings.auth.kind != AuthConfig::Kind::none) {
      makings.credential = std::make_unique<const Credential>(
          settings, parts_.open_secret(settings, settings.auth.secret));
    }
    auto session = std::make_shared<Session>(scheduler_, std::move(makings), config_, index);
    if (before) on_commit_.push_back([session, before] { session->take_over(before); });
    return session;
  }

 private:
  const SessionConfig& owner_of_pool(const std::string& name) const {
    const auto found = std::find_if(config_->sessions.begin(), config_->sessions.end(),
                                    [&](const auto& session) { return session.name == name; });
    assert(found != config_->sessions.end());  // the loader has seen to it
    return *found;
  }

  std::shared_ptr<Session> running(const std::string& name) const {
    if (running_ == nullptr) return nullptr;
    const auto& sessions = running_->sessions();
    const auto found = std::find_if(sessions.begin(), sessions.end(),
                                    [&](const auto& session) { return session->name() == name; });
    return found == sessions.end() ? nullptr : *found;
  }

  Result<std::shared_ptr<SessionPool>> pool_of(const SessionConfig& owner) {
    std::shared_ptr<SessionPool>& pool = pools_[owner.name];
    if (pool) return pool;
    if ((pool = running_pool(owner))) return pool;
    auto factory = parts_.make_factory(owner);
    if (!factory) return tl::unexpected(factory.error());
    pool = std::make_shared<SessionPool>(scheduler_, std::move(*factory), pool_settings(owner));
    return pool;
  }

  // The pool that the owner has now, if its connections would be opened in the same way.
  std::shared_ptr<SessionPool> running_pool(const SessionConfig& owner) {
    const std::shared_ptr<Session> before = running(owner.name);
    if (!before || !before->settings().pool.empty()) return nullptr;
    const Config& then = running_->config();
    const auto was = std::find_if(then.sessions.begin(), then.sessions.end(),
                                  [&](const auto& one) { return one.name == owner.name; });
    if (upstream_settings(then, *was) != upstream_settings(*config_, owner) ||
        was->upstream_proxy != owner.upstream_proxy) {
      return nullptr;
    }
    if (pool_settings(*was) != pool_settings(owner)) {
      on_commit_.push_back([pool = before->pool_, settings = pool_settings(owner)] {
        pool->connections.set_settings(settings);
      });
    }
    return before->pool_;
  }

  std::shared_ptr<JarSet> jars_of(const SessionConfig& settings) {
    if (settings.cookies.keep == CookiesConfig::Keep::off) return nullptr;
    const std::string& name = jar_name(settings);
    std::shared_ptr<JarSet>& jars = jars_[name];
    if (!jars) jars = running_jars(name, settings.cookies);
    if (!jars) jars = std::make_shared<JarSet>(parts_.jar_parts(), settings.cookies, name);
    return jars;
  }

  // A jar that is kept in the same place must be the same: a file has one writer.
  std::shared_ptr<JarSet> running_jars(const std::string& name, const CookiesConfig& wanted) {
    if (running_ == nullptr) return nullptr;
    const auto is_it = [&](const JarSet* jars) {
      return jars != nullptr && jars->name() == name && jars->settings().keep == wanted.keep &&
             jars->settings().by_header == wanted.by_header;
    };
    std::shared_ptr<JarSet> found;
    for (const auto& session : running_->sessions()) {
      if (is_it(session->jars_.get())) found = session->jars_;
    }
    for (const auto& in_file : running_->jars_in_files_) {
      if (auto jars = in_file.lock(); !found && is_it(jars.get())) found = std::move(jars);
    }
    if (!found) return nullptr;
    const CookiesConfig& has = found->settings();
    if (has.max_jars != wanted.max_jars || has.forget_after != wanted.forget_after) {
      on_commit_.push_back([found, wanted] { found->set_limits(wanted); });
    }
    return found;
  }

  static const std::string& jar_name(const SessionConfig& settings) {
    return settings.cookies.jar.empty() ? settings.name : settings.cookies.jar;
  }

  Scheduler& scheduler_;
  SessionParts& parts_;
  const std::shared_ptr<const Config>& config_;
  const SessionTable* running_;  // null at the start
  std::vector<std::function<void()>>& on_commit_;
  std::map<std::string, std::shared_ptr<SessionPool>> pools_;  // by its owner's name
  std::map<std::string, std::shared_ptr<JarSet>> jars_;
};

Result<std::shared_ptr<SessionTable>> SessionTable::create(
    Scheduler& scheduler, SessionParts& parts, const std::shared_ptr<const Config>& config,
    const SessionTable* running) {
  std::shared_ptr<SessionTable> table(new SessionTable(config));
  Builder builder(scheduler, parts, config, running, table->on_commit_);
  for (size_t i = 0; i < config->sessions.size(); ++i) {
    auto session = builder.make(i);
    if (!session) return tl::unexpected(session.error());
    table->sessions_.push_back(std::move(*session));
  }
  if (running != nullptr) table->jars_in_files_ = running->jars_in_files_;
  std::erase_if(table->jars_in_files_, [](const auto& jars) { return jars.expired(); });
  for (const auto& session : table->sessions_) {
    const std::shared_ptr<JarSet>& jars = session->jars_;
    const auto is_it = [&](const auto& one) { return one.lock() == jars; };
    std::vector<std::weak_ptr<JarSet>>& known = table->jars_in_files_;
    if (!jars || jars->settings().keep != CookiesConfig::Keep::persist) continue;
    if (std::none_of(known.begin(), known.end(), is_it)) known.push_back(jars);
  }
  return table;
}

void SessionTable::commit(const SessionTable& before) {
  for (const auto& act : std::exchange(on_commit_, {})) act();
  // No verb reaches what waits in a session that is gone.
  for (const auto& session : before.sessions_) {
    const bool stays = std::any_of(sessions_.begin(), sessions_.end(),
                                   [&](const auto& one) { return one->name() == session->name(); });
    if (!stays) session->go_on();
  }
}

}  // namespace trunkd
