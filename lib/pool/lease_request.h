// A place in the pool's queue; destroying it leaves the queue.

#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/origin.h"
#include "pool/lease.h"
#include "pool/waiter.h"

namespace trunkd {

// Said once for each request that was enqueued, never from inside enqueue().
class LeaseListener {
 public:
  virtual void on_lease(Lease lease) = 0;
  // queue_timeout, paused (an origin's pause is longer than it may wait), shutting_down, or what
  // the factory said of a connection that could not be opened.
  virtual void on_lease_failed(const Error& error) = 0;

 protected:
  ~LeaseListener() = default;
};

// Which connections will do (product.md, section 4).
enum class Freshness : uint8_t {
  any,
  proven,    // idle for no longer than is known to be survived: the request cannot be sent twice
  new_only,  // one that was opened for this request: a replay after a stale failure
};

class Gate;

// Counts those who wait of one session, where several share a pool. Must outlive them.
struct QueueShare {
  size_t waiting = 0;
};

struct LeaseTerms {
  int priority = 3;  // urgency of RFC 9218: 0 first, 7 last; waiting makes up for it
  // Before all others, and never refused for a full queue: the second try of a request that has
  // waited already.
  bool front = false;
  Freshness freshness = Freshness::any;
  // Longest time in the queue; 0: no limit. It says nothing to a request whose connection is being
  // opened: the factory's own limit does.
  Duration timeout{};
  // Most requests that may wait beyond those for whom a connection is, or can be, opened; who is
  // held at a gate counts.
  size_t queue_max = 10000;
  Gate* gate = nullptr;         // must admit it before it waits for a connection; none: at once
  QueueShare* share = nullptr;  // `queue_max` is for these; none: for all of the pool
};

// May be destroyed at any time, also from inside its own listener or another request's. If the pool
// is destroyed first, it is never answered.
class LeaseRequest {
 public:
  // `listener` must outlive this object.
  LeaseRequest(LeaseListener& listener, Origin origin, const LeaseTerms& terms)
      : listener_(listener), origin_(std::move(origin)), terms_(terms) {}
  ~LeaseRequest();
  LeaseRequest(const LeaseRequest&) = delete;
  LeaseRequest& operator=(const LeaseRequest&) = delete;

  const Origin& origin() const { return origin_; }
  bool waiting() const { return pool_ != nullptr; }
  bool held() const { return waiter_.state == WaiterState::held; }  // waits for its gate

 private:
  friend class ConnectionPool;
  LeaseListener& listener_;
  const Origin origin_;
  const LeaseTerms terms_;
  ConnectionPool* pool_ = nullptr;  // while it waits
  Waiter waiter_{*this};            // the pool's notes
};

}  // namespace trunkd
