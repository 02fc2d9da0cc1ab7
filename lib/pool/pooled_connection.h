// What the pool needs to know of a connection.

#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/task_queue.h"
#include "pool/pool_counts.h"

namespace trunkd {

class PooledConnection;

enum class IdleEnd : uint8_t {
  by_origin,  // it closed the connection, or sent a byte that nobody asked for
  by_us,
};

// Told by a connection that it cannot be used any more, while it is idle in the pool. Never said
// while it is leased: who has the lease sees it then, and the pool asks reusable() when it comes
// back.
class IdleListener {
 public:
  virtual void on_idle_connection_lost(PooledConnection& connection, IdleEnd end) = 0;

 protected:
  ~IdleListener() = default;
};

// Owned by the pool from its opening to its end. Destroying it closes it.
class PooledConnection : public Disposable {
 public:
  virtual bool reusable() const = 0;  // could carry another exchange
  // Why not: ended_idle, said_close, broken, tunnel or retired.
  virtual CloseReason end_reason() const = 0;
  // How long the origin has said that it keeps the connection when it is idle; 0: nothing.
  virtual Duration keep_alive_hint() const = 0;
  virtual void set_idle_listener(IdleListener* listener) = 0;
};

}  // namespace trunkd
