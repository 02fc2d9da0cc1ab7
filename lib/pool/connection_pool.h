// ConnectionPool: the connections of one session, their limit, and the queue of those who wait.
//
// Pure logic: no sockets, no HTTP, no event loop. It gets a scheduler and a connection factory.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/scheduler.h"
#include "pool/connection_factory.h"
#include "pool/gate.h"
#include "pool/intrusive_heap.h"
#include "pool/intrusive_list.h"
#include "pool/lease.h"
#include "pool/lease_request.h"
#include "pool/origin_group.h"
#include "pool/pool_counts.h"
#include "pool/pooled_connection.h"
#include "pool/slot.h"

namespace trunkd {

struct PoolSettings {
  size_t connections = 1;  // connecting + idle + leased never exceed it
  size_t connections_per_origin = 1;
  Duration idle_timeout = 30s;  // 0: no limit
  Duration max_age = 10min;     // spread by up to a quarter below; 0: no limit
  uint64_t max_requests = 0;    // exchanges per connection; 0: no limit
  Duration unsafe_idle{};       // instead of the proven idle time; 0: it is learned
  size_t warm = 0;              // idle ones kept ready for each origin that is used

  bool operator==(const PoolSettings&) const = default;
};

// Numbers of one moment, for logs, tests and the admin interface.
struct PoolSnapshot {
  size_t connecting = 0, idle = 0;
  size_t leased = 0;       // and given back within this event
  size_t waiting = 0;      // requests not yet answered
  size_t held = 0;         // of these: by a gate
  Duration oldest_wait{};  // of those who wait in the queue, at a gate or for a connection
  size_t open = 0;         // connections, whatever became of them in this event
  uint64_t opened = 0, open_failed = 0, leases = 0, reused = 0;
  uint64_t ended_idle = 0;  // by the origin, while nobody had them
  uint64_t replaced = 0;    // found to have ended before anything was sent on them
  uint64_t stale = 0;       // found so by a request that was lost on them
  uint64_t replayed = 0;    // of these: sent again on a new connection
  CloseCounts closed;       // opened == closed.all() + open
  RejectionCounts rejected;
  size_t total() const { return connecting + idle + leased; }
};

// One slot, for the admin interface.
struct ConnectionView {
  enum class State : uint8_t { connecting, idle, busy };
  const Origin* origin = nullptr;                // of the pool's
  const PooledConnection* connection = nullptr;  // null while it is being opened
  State state = State::connecting;
  uint64_t uses = 0;
  SteadyTime since{};      // when its state began; of a busy one when it was opened
  SteadyTime opened_at{};  // of one that is open
};

struct OriginView {
  const Origin* origin = nullptr;
  size_t connecting = 0, idle = 0, busy = 0;
  size_t waiting = 0;  // without those whom a gate holds
  bool failing = false;
};

// Who waits comes first by urgency and time of waiting (Turn), and takes the first connection that
// comes: one given back, or one being opened for anybody. Connections are opened as long as more
// requests wait than connections are on their way, within both limits. At the total limit an idle
// connection, or one being opened that nobody waits for any more, makes room for another origin.
//
// A connection given back serves its own origin first, so that it is reused. But a request that has
// waited half of its time for an origin with fewer connections gets the slot (the connection is
// closed), so that a busy origin starves no quiet one.
//
// A request that its gate does not admit is held: in the queue like the others, but it neither gets
// nor opens a connection. Over all gates, whoever comes first is admitted first; and who comes
// before one that the same gate has admitted, and that still waits, takes its place.
//
// Of each origin it learns how long connections may be idle (IdleHistory), and whether any can be
// opened (OriginHealth): at one that is failing, who would need a new connection hears so at once,
// but one at a time that sees whether it is back.
//
// The pool neither calls out nor destroys from inside a call: a lease may be given back while its
// connection's parser is on the stack. The calls only note facts; serve() looks at them after the
// current event, and answer_next() tells the requests, one at a time.
class ConnectionPool {
 public:
  // `scheduler` and `factory` must outlive the pool; leases must not. The pool may be destroyed
  // from inside a listener or a connection's own callback; who still waits is never answered.
  ConnectionPool(Scheduler& scheduler, ConnectionFactory& factory, const PoolSettings& settings);
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // An idle connection, the newest first, unless somebody waits who comes first or the gate does
  // not admit it. Of the terms only gate and freshness matter.
  std::optional<Lease> try_acquire(const Origin& origin, const LeaseTerms& terms = {});

  // Waits; answers later through the request's listener. An error: it must not wait, and nothing
  // will be answered. queue_full; or, if its gate is what holds it, rate_limited or paused, also
  // when the gate stays closed for longer than the request may wait.
  [[nodiscard]] Result<void> enqueue(LeaseRequest& request);

  // A new connection in the slot of `dead` for the same exchange: the request waits for that slot
  // only and nobody can come between. No queue, no deadline but the factory's; done even while
  // draining, since it goes on with a lease that was granted before. For the same reason its gate
  // is not asked, but counts it: at the expense of the last who waits with its admission. Without a
  // gate it is the start that was counted already.
  void reopen(Lease dead, LeaseRequest& request);

  // A gate has closed, or opens earlier than it said. Whom it had admitted, and who still waits, is
  // held again; then it is asked for each anew. Who cannot outlast a pause hears so at once.
  void gate_changed(Gate& gate);

  void set_settings(const PoolSettings& settings);  // live; shrinks as leases come back
  // No new leases: who waits gets shutting_down, idle connections are closed, others as they come
  // back.
  void drain();
  bool empty() const { return slots_.empty(); }  // no connection at all is left

  // What an operator says (connection_pool_verbs.cc).
  // No connection of now carries a further exchange: idle ones are closed, others as they come
  // back. No request hears of it.
  void retire_all();
  // Opens connections to `origin` until so many are idle or on their way, as far as the limits
  // allow; they are idle if nobody waits.
  void make_ready(const Origin& origin, size_t count);

  PoolSnapshot snapshot() const;
  std::vector<ConnectionView> connections() const;  // in no order
  std::vector<OriginView> origins() const;
  size_t origin_count() const { return groups_.size(); }  // with a connection or a waiter

 private:
  friend class Lease;
  friend class LeaseRequest;
  friend struct Slot;

  struct ExpiresBefore {
    bool operator()(const Slot& a, const Slot& b) const { return a.expires < b.expires; }
  };
  struct CheckedBefore {
    bool operator()(const Waiter& a, const Waiter& b) const { return a.next_check < b.next_check; }
  };
  struct OpensBefore {
    bool operator()(const GateQueue& a, const GateQueue& b) const { return a.opens < b.opens; }
  };
  struct FirstComesBefore {
    bool operator()(const GateQueue& a, const GateQueue& b) const {
      return a.held.top()->turn < b.held.top()->turn;
    }
  };
  struct HungrierThan {  // the overdue first, then by turn
    bool operator()(const OriginGroup& a, const OriginGroup& b) const {
      return a.overdue != b.overdue ? a.overdue : a.turn < b.turn;
    }
  };

  // Facts (connection_pool.cc)
  OriginGroup& group_of(const Origin& origin);
  void note(Slot& slot, SlotState fact);
  void note_lost(Slot& slot, CloseReason reason);
  void note_opened(Slot& slot);
  void note_failed(Slot& slot);
  void leave(LeaseRequest& request);
  void forget(Waiter& waiter);
  void stand_in_line(Waiter& waiter);
  void take_or_wait(Waiter& waiter);
  std::optional<Error> reason_to_refuse(const Waiter& waiter, size_t beyond_before) const;
  void set_busy(Slot& slot, bool busy);
  void recount(OriginGroup& group);
  size_t requests_beyond() const;
  Duration oldest_wait() const;
  Lease begin_lease(Slot& slot);

  // Idle connections, and what they teach (connection_pool_idle.cc)
  Slot* take_idle(OriginGroup& group, Freshness freshness);
  void keep(Slot& slot);
  void close_idle(Slot& slot, CloseReason reason);
  CloseReason reason_of_expiry(const Slot& slot) const;
  void note_ended(Slot& slot);
  void note_stale(Slot& slot);
  SteadyTime end_of_age(const Slot& slot) const;
  SteadyTime end_of_idleness(const Slot& slot) const;
  Duration proven_idle(const OriginGroup& group, SteadyTime now) const;
  bool is_warm(const OriginGroup& group, SteadyTime now) const;
  void keep_warm(SteadyTime now);
  bool fails_fast(const OriginGroup& group) const;
  void dismiss_failing(OriginGroup& group);

  // Who is held and who is not (connection_pool_gates.cc)
  void admit_due(SteadyTime now);
  void admit_from(GateQueue& queue, SteadyTime now);
  void turn_away(GateQueue& queue, const GateClosure& closure, SteadyTime now);
  bool try_admit(Gate& gate, SteadyTime now);
  static bool comes_before_an_admitted(const Waiter& waiter);
  void take_over_start(Waiter& waiter);
  void reserve_for_replay(Gate& gate, SteadyTime now);
  void hold(Waiter& waiter);
  void hold_again(Waiter& waiter);
  void let_in(Waiter& waiter);
  void leave_gate(Waiter& waiter);
  void start_at_gate(Waiter& waiter);
  void withdraw(Waiter& waiter);
  void time_out(Waiter& waiter, SteadyTime now);

  // What follows from them (connection_pool_serve.cc)
  void serve();
  void answer_next();
  void apply_settings();
  void dismiss_everybody();
  void settle(Slot& slot);
  void settle_opened(Slot& slot);
  void settle_returned(Slot& slot);
  void settle_failed(Slot& slot);
  void check_waiters(SteadyTime now);
  void open_connections();
  void open_one(OriginGroup& group);
  bool make_room(OriginGroup& group);
  bool evict_one(CloseReason reason);
  void drop_unused_groups(SteadyTime now);
  void wake_when_due();

  void close_retired();
  void open_made_ready();

  std::optional<CloseReason> reason_to_close(const Slot& slot) const;
  bool must_yield(const Slot& slot) const;
  void start_opening(Slot& slot);
  void unlist(Slot& slot);
  void close(Slot& slot, CloseReason reason);
  void grant(Waiter& waiter, Slot& slot);
  void refuse(Waiter& waiter, Error error);
  void reject(Waiter& waiter, Rejection reason, Error error);
  void leave_queue(Waiter& waiter);
  void leave_line(Waiter& waiter);
  void answer(Waiter& waiter);
  void review(OriginGroup& group);

  Scheduler& scheduler_;
  ConnectionFactory& factory_;
  PoolSettings settings_;
  bool settings_changed_ = false;
  bool draining_ = false;
  uint64_t generation_ = 0;  // of the slots that may stay
  bool some_retired_ = false;
  std::vector<std::pair<Origin, size_t>> to_make_ready_;

  std::unordered_map<Origin, OriginGroup, OriginHash> groups_;
  std::vector<OriginGroup*> maybe_unused_;
  OriginMemories memories_;  // of origins without a group
  std::vector<std::unique_ptr<Slot>> slots_;

  IntrusiveList<Slot> settling_;  // opened, returned or lost; serve() has not looked yet
  IntrusiveList<Slot> failed_;    // looked at after those: they may serve who would get the error
  IntrusiveHeap<Slot, ExpiresBefore> idle_;
  IntrusiveHeap<Waiter, CheckedBefore> deadlines_;
  IntrusiveHeap<OriginGroup, HungrierThan> hungry_;  // want a connection and may have one
  IntrusiveList<OriginGroup> oversupplied_;
  IntrusiveList<Waiter> answered_;

  IntrusiveHeap<GateQueue, OpensBefore> gates_;           // at which somebody is held
  IntrusiveHeap<GateQueue, FirstComesBefore> due_gates_;  // of these, while admit_due() asks them
  bool gates_may_open_ = false;  // any of them: a reservation was withdrawn

  size_t connecting_ = 0;  // slots, until serve() has seen what became of them
  size_t busy_ = 0;        // Slot::busy
  size_t queued_ = 0;      // requests in the groups' queues
  size_t held_ = 0;        // requests that their gates hold
  size_t beyond_ = 0;      // OriginGroup::beyond, all together
  uint64_t arrivals_ = 0;
  PoolSnapshot counts_;  // its counters, and `waiting`

  DeferredCall serve_;
  DeferredCall answer_;
  Timer wake_;
};

}  // namespace trunkd
