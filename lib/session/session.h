// Session: one named profile at work. Its pool, its settings, its counts; never a socket.

#pragma once

#include <cstdint>
#include <functional>
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

// What an operator has made of a session (trunkd ctl). A paused one holds its requests in the
// queue, a closed one refuses them.
enum class SessionState : uint8_t { running, paused, closed };

class Session {
 public:
  // What a session is made of. `jars` is null without cookies, `credential` without auth.
  struct Makings {
    std::shared_ptr<SessionPool> pool;
    std::unique_ptr<const Credential> credential{};
    std::shared_ptr<JarSet> jars;
    std::shared_ptr<Pacing> pacing{};     // null: one of its own
    std::shared_ptr<QueueShare> share{};  // likewise
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
  Pacing& pacing() { return *pacing_; }
  const Pacing& pacing() const { return *pacing_; }
  QueueShare& queue_share() { return *share_; }
  const QueueShare& queue_share() const { return *share_; }
  SessionMetrics& metrics() { return *metrics_; }
  const SessionMetrics& metrics() const { return *metrics_; }
  const JarSet* jars() const { return jars_.get(); }  // null: no cookies

  // The jar of a request with these fields; none: it has none. Errors: malformed_request
  // (Trunkd-Jar), jar_limit.
  Result<std::shared_ptr<Jar>> jar_for(const Headers& request);

  // The pause that an answer of `origin` asks for, if any; all callers keep it from now on, unless
  // the session obeys none.
  std::optional<Duration> note_pause(const Origin& origin, const ResponseHead& answer);

  SessionState state() const { return state_; }
  void pause();   // who comes, or waits, is held; what is under way goes on
  void resume();  // from pause() and close(), and from the pauses that origins asked for
  // No request starts on a connection of now.
  void reconnect();
  // Requests that come from now on are refused, those of before go on; connections are closed as
  // they become free, and cookies in memory are forgotten.
  void close();
  // Goes on, and opens connections until so many are ready. Only those of a session with base_url.
  void start(size_t connections);
  JarSet* jars() { return jars_.get(); }  // null: no cookies

  // This session goes on where `before`, of the same name, was: paused or closed like it, and with
  // the pauses of its origins, unless it obeys others now. What an operator says from now on holds
  // for its requests too, as long as there are any.
  void take_over(const std::shared_ptr<Session>& before);

  // For advice that is worth one log line in a life.
  bool first_dropped_secure() { return !std::exchange(told_dropped_secure_, true); }

 private:
  friend class SessionTable;  // takes over what a reload keeps

  template <typename Act>
  void for_each_before(Act act) const;
  void go_on();  // from pause() and close()
  void lift_pauses();

  Scheduler& scheduler_;
  const std::shared_ptr<const Config> config_;
  const size_t index_;
  const std::shared_ptr<SessionPool> pool_;
  const std::unique_ptr<const Credential> credential_;
  const std::shared_ptr<JarSet> jars_;
  const std::shared_ptr<SessionMetrics> metrics_;
  const std::shared_ptr<Pacing> pacing_;
  const std::shared_ptr<QueueShare> share_;
  SessionState state_ = SessionState::running;
  std::vector<std::weak_ptr<Session>> before_;  // reloads, those that still have requests
  bool told_dropped_secure_ = false;
};

// What the upstream side needs of the settings of a pool's owner, for a factory of its connections.
// A client certificate is for the origins of the sessions over the pool, not for where a redirect
// leads. A proxy's password that is not in the configuration itself is for the caller to find.
UpstreamSettings upstream_settings(const Config& config, const SessionConfig& owner);

// The sessions of one configuration and the router that finds them. A reload makes a new one.
class SessionTable {
 public:
  // `parts` is asked here and not kept. Fails where it fails. Sessions that share a pool (`pool`)
  // or a jar (`cookies.jar`) get the same one.
  //
  // With `running` it is a reload: a session whose settings are the same is the same object, and
  // what can be kept of others (pool, jars, pacing) is shared with it. Nothing of `running` changes
  // before commit().
  static Result<std::shared_ptr<SessionTable>> create(Scheduler& scheduler, SessionParts& parts,
                                                      const std::shared_ptr<const Config>& config,
                                                      const SessionTable* running = nullptr);
  // The pools and jars that are shared with the table before get their new limits, and whom it held
  // in sessions that are gone goes on.
  void commit(const SessionTable& before);

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
  // Those in files, also of tables before: a request under way may hold one whose session is gone.
  std::vector<std::weak_ptr<JarSet>> jars_in_files_;
  std::vector<std::function<void()>> on_commit_;
};

}  // namespace trunkd
