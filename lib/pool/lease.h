// A lease is the right to use one upstream connection for one exchange.

#pragma once

#include <memory>
#include <utility>

#include "pool/pooled_connection.h"

namespace trunkd {

class ConnectionPool;

// Destroying a lease gives the connection back. The pool keeps it if it is still reusable and
// closes it otherwise; which of the two it decides later, never from inside the destructor.
class Lease {
 public:
  Lease(ConnectionPool& pool, PooledConnection& connection, bool reused)
      : pool_(&pool), connection_(&connection), reused_(reused) {}
  Lease(Lease&& other) noexcept
      : pool_(other.pool_),
        connection_(std::exchange(other.connection_, nullptr)),
        reused_(other.reused_) {}
  Lease& operator=(Lease&& other) noexcept;
  ~Lease();

  PooledConnection& connection() const { return *connection_; }
  bool reused() const { return reused_; }  // has carried an exchange before this one

 private:
  friend class ConnectionPool;
  ConnectionPool* pool_;  // outlives its leases
  PooledConnection* connection_;
  bool reused_;
};

}  // namespace trunkd
