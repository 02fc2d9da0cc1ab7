// ConnectionPool: the connections of one session, their limit, and the queue of those who wait.
//
// Pure logic: no sockets, no HTTP, no event loop. It gets a scheduler and a connection factory.

#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/scheduler.h"
#include "pool/connection_factory.h"
#include "pool/lease.h"
#include "pool/lease_request.h"
#include "pool/pooled_connection.h"

namespace trunkd {

struct PoolSettings {
  size_t connections = 1;  // connecting + idle + leased never exceed it
  size_t connections_per_origin = 1;
  Duration idle_timeout = 30s;
  Duration max_age = 10min;   // spread by up to a quarter below, so that they don't end together
  uint64_t max_requests = 0;  // exchanges per connection; 0: no limit
};

// Numbers of one moment, for logs, tests and the admin interface.
struct PoolSnapshot {
  size_t connecting = 0, idle = 0, leased = 0, waiting = 0;
  uint64_t opened = 0, open_failed = 0, leases = 0, reused = 0;
  size_t total() const { return connecting + idle + leased; }
};

class ConnectionPool : private OpenListener, private IdleListener {
 public:
  // `scheduler` and `factory` must outlive the pool; leases and lease requests must not.
  ConnectionPool(Scheduler& scheduler, ConnectionFactory& factory, const PoolSettings& settings);
  ~ConnectionPool();

  // An idle connection, unless somebody waits who comes first.
  std::optional<Lease> try_acquire(const Origin& origin);

  // Waits; answers later through the request's listener. False: the queue is full, and nothing
  // will be answered.
  [[nodiscard]] bool enqueue(LeaseRequest& request);

  // A new connection in the slot of `dead` for its own replay: the request waits for that slot only
  // and nobody can come between.
  void reopen(Lease dead, LeaseRequest& request);

  void set_settings(const PoolSettings& settings);  // live; shrinks as leases come back
  // No new leases: who waits gets shutting_down, idle connections are closed, others as they come
  // back.
  void drain();
  bool empty() const;  // no connection at all is left

  PoolSnapshot snapshot() const;
};

}  // namespace trunkd
