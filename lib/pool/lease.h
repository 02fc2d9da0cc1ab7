// A lease is the right to use one upstream connection for one exchange.

#pragma once

#include <utility>

#include "pool/pooled_connection.h"

namespace trunkd {

class ConnectionPool;
struct Slot;

// Destroying a lease gives the connection back. The pool keeps it if it is still reusable and
// closes it otherwise; which of the two it decides later, never from inside the destructor.
// The pool outlives its leases.
class Lease {
 public:
  Lease(Lease&& other) noexcept
      : slot_(std::exchange(other.slot_, nullptr)),
        connection_(other.connection_),
        reused_(other.reused_),
        kept_(other.kept_) {}
  Lease& operator=(Lease&& other) noexcept;
  ~Lease() { give_back(); }

  PooledConnection& connection() const { return *connection_; }
  bool reused() const { return reused_; }  // has carried an exchange before this one
  // Was not opened for this exchange: it is reused, or has been idle. The origin may have ended it.
  bool kept() const { return kept_; }

  // What became of a kept connection: it carried the exchange (said once a byte of the response
  // has come), or it had died before, and a request was lost on it. The pool learns from it how
  // long the origin's connections may be idle.
  void note_carried();
  void note_stale();

 private:
  friend class ConnectionPool;
  Lease(Slot& slot, PooledConnection& connection, bool reused, bool kept)
      : slot_(&slot), connection_(&connection), reused_(reused), kept_(kept) {}
  void give_back();

  Slot* slot_;  // nullptr: moved from
  PooledConnection* connection_;
  bool reused_;
  bool kept_;
};

}  // namespace trunkd
