// Session: one named profile at work. Its pool, its settings, its counts; never a socket.

#pragma once

#include <cstdint>
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
  // Held by the session table and by each exchange, so that a reload never cuts one off. `parts`
  // must outlive it. Fails if a file that the settings name cannot be read.
  static Result<std::shared_ptr<Session>> create(const UpstreamParts& parts,
                                                 std::shared_ptr<const Config> config,
                                                 size_t index);

  const SessionConfig& settings() const { return config_->sessions[index_]; }
  const std::string& name() const { return settings().name; }
  ConnectionPool& pool() { return *pool_; }
  const ConnectionPool& pool() const { return *pool_; }

  // For advice that is worth one log line in a life.
  bool first_dropped_secure() { return !std::exchange(told_dropped_secure_, true); }

 private:
  Session(std::shared_ptr<const Config> config, size_t index)
      : config_(std::move(config)), index_(index) {}

  const std::shared_ptr<const Config> config_;
  const size_t index_;
  std::unique_ptr<UpstreamFactory> factory_;
  std::unique_ptr<ConnectionPool> pool_;  // before its factory
  bool told_dropped_secure_ = false;
};

// The sessions of one configuration and the router that finds them. Immutable; a reload makes a
// new one.
class SessionTable {
 public:
  static Result<std::shared_ptr<SessionTable>> create(const UpstreamParts& parts,
                                                      std::shared_ptr<const Config> config);

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
