// Session: one named profile at work. Its pool, its settings, its counts; never a socket.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/scheduler.h"
#include "config/config.h"
#include "pool/connection_pool.h"
#include "session/router.h"
#include "upstream/upstream_factory.h"

namespace trunkd {

class Session {
 public:
  // Held by the session table and by each exchange, so that a reload never cuts one off.
  // `scheduler` must outlive it.
  Session(Scheduler& scheduler, std::unique_ptr<ConnectionFactory> factory,
          std::shared_ptr<const Config> config, size_t index);

  const SessionConfig& settings() const { return config_->sessions[index_]; }
  const std::string& name() const { return settings().name; }
  ConnectionPool& pool() { return pool_; }
  const ConnectionPool& pool() const { return pool_; }

  // For advice that is worth one log line in a life.
  bool first_dropped_secure() { return !std::exchange(told_dropped_secure_, true); }

 private:
  const std::shared_ptr<const Config> config_;
  const size_t index_;
  const std::unique_ptr<ConnectionFactory> factory_;
  ConnectionPool pool_;
  bool told_dropped_secure_ = false;
};

// What the upstream side needs of a session's settings, for a factory of its connections.
UpstreamSettings upstream_settings(const SessionConfig& settings);

// The sessions of one configuration and the router that finds them. Immutable; a reload makes a
// new one.
class SessionTable {
 public:
  // Makes what opens a session's connections; fails if a file that its settings name cannot be
  // used.
  using MakeFactory =
      std::function<Result<std::unique_ptr<ConnectionFactory>>(const SessionConfig& settings)>;

  static Result<std::shared_ptr<SessionTable>> create(Scheduler& scheduler,
                                                      const MakeFactory& make_factory,
                                                      const std::shared_ptr<const Config>& config);

  const Config& config() const { return *config_; }
  const Router& router() const { return router_; }
  const std::vector<std::shared_ptr<Session>>& sessions() const { return sessions_; }

 private:
  explicit SessionTable(std::shared_ptr<const Config> config)
      : config_(config), router_(std::move(config)) {}

  const std::shared_ptr<const Config> config_;
  const Router router_;
  std::vector<std::shared_ptr<Session>> sessions_;
};

}  // namespace trunkd
