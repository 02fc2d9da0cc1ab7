// Session: one named profile at work. Its pool, its settings, its counts; never a socket.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/scheduler.h"
#include "config/config.h"
#include "observe/session_metrics.h"
#include "pool/connection_pool.h"
#include "session/credential.h"
#include "session/jar_set.h"
#include "session/pacing.h"
#include "session/router.h"
#include "session/session_parts.h"
#include "upstream/upstream_factory.h"

namespace trunkd {

// A pool and what opens its connections: one session's, or that of several which share it.
struct SessionPool {
  SessionPool(Scheduler& scheduler, std::unique_ptr<ConnectionFactory> made,
              const PoolSettings& settings)
      : factory(std::move(made)), connections(scheduler, *factory, settings) {}

  const std::unique_ptr<ConnectionFactory> factory;
  ConnectionPool connections;
};

class Session {
 public:
  // What a session is made of. `jars` is null without cookies, `credential` without auth.
  struct Makings {
    std::shared_ptr<SessionPool> pool;
    std::unique_ptr<const Credential> credential;
    std::shared_ptr<JarSet> jars;
    std::shared_ptr<SessionMetrics> metrics;
  };

  // Held by the session table and by each exchange, so that a reload never cuts one off.
  // `scheduler` must outlive it.
  Session(Scheduler& scheduler, Makings makings, std::shared_ptr<const Config> config,
          size_t index);

  const SessionConfig& settings() const { return config_->sessions[index_]; }
  const std::string& name() const { return settings().name; }
  ConnectionPool& pool() { return pool_->connections; }
  const ConnectionPool& pool() const { return pool_->connections; }
  const Credential* credential() const { return credential_.get(); }  // null: no auth
  Pacing& pacing() { return pacing_; }
  const Pacing& pacing() const { return pacing_; }
  QueueShare& queue_share() { return share_; }
  const QueueShare& queue_share() const { return share_; }
  SessionMetrics& metrics() { return *metrics_; }
  const SessionMetrics& metrics() const { return *metrics_; }
  const JarSet* jars() const { return jars_.get(); }  // null: no cookies

  // The jar of a request with these fields; none: it has none. Errors: malformed_request
  // (Trunkd-Jar), jar_limit.
  Result<std::shared_ptr<Jar>> jar_for(const Headers& request);

  // The pause that an answer of `origin` asks for, if any; all callers keep it from now on, unless
  // the session obeys none.
  std::optional<Duration> note_pause(const Origin& origin, const ResponseHead& answer);

  // For advice that is worth one log line in a life.
  bool first_dropped_secure() { return !std::exchange(told_dropped_secure_, true); }

 private:
  Scheduler& scheduler_;
  const std::shared_ptr<const Config> config_;
  const size_t index_;
  const std::shared_ptr<SessionPool> pool_;
  const std::unique_ptr<const Credential> credential_;
  const std::shared_ptr<JarSet> jars_;
  const std::shared_ptr<SessionMetrics> metrics_;
  Pacing pacing_;
  QueueShare share_;
  bool told_dropped_secure_ = false;
};

// What the upstream side needs of the settings of a pool's owner, for a factory of its connections.
// A client certificate is for the origins of the sessions over the pool, not for where a redirect
// leads.
UpstreamSettings upstream_settings(const Config& config, const SessionConfig& owner);

// The sessions of one configuration and the router that finds them. Immutable; a reload makes a
// new one.
class SessionTable {
 public:
  // `parts` is asked here and not kept. Fails where it fails. Sessions that share a pool (`pool`)
  // or a jar (`cookies.jar`) get the same one.
  static Result<std::shared_ptr<SessionTable>> create(Scheduler& scheduler, SessionParts& parts,
                                                      const std::shared_ptr<const Config>& config);

  const Config& config() const { return *config_; }
  const Router& router() const { return router_; }
  const std::vector<std::shared_ptr<Session>>& sessions() const { return sessions_; }

 private:
  class Builder;
  explicit SessionTable(std::shared_ptr<const Config> config)
      : config_(config), router_(std::move(config)) {}

  const std::shared_ptr<const Config> config_;
  const Router router_;
  std::vector<std::shared_ptr<Session>> sessions_;
};

}  // namespace trunkd
