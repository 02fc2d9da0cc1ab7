// What is said to the pool: each call notes a fact and leaves the rest to serve().

#include "pool/connection_pool.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "pool/queue_errors.h"

namespace trunkd {
namespace {

// Of the errors of one that must not wait.
Rejection rejection_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::rate_limited:
      return Rejection::rate;
    case ErrorKind::paused:
    case ErrorKind::session_paused:
      return Rejection::pause;
    default:
      return Rejection::queue_full;
  }
}

// It is us who do not go on, and that costs no time: nothing of the origin's health.
bool is_own_refusal(ErrorKind kind) {
  return kind == ErrorKind::address_refused || kind == ErrorKind::proxy_loop ||
         kind == ErrorKind::credential_unavailable;  // for a proxy
}

}  // namespace

ConnectionPool::ConnectionPool(Scheduler& scheduler, ConnectionFactory& factory,
                               const PoolSettings& settings)
    : scheduler_(scheduler),
      factory_(factory),
      settings_(settings),
      serve_(scheduler, [this] { serve(); }),
      answer_(scheduler, [this] { answer_next(); }),
      wake_(scheduler, [this] { serve(); }) {}

ConnectionPool::~ConnectionPool() {
  while (GateQueue* queue = gates_.top()) {
    Waiter& waiter = *queue->held.top();
    leave_gate(waiter);
    forget(waiter);
  }
  for (auto& [origin, group] : groups_) {
    while (Waiter* waiter = group.waiting.first()) {
      group.waiting.remove(*waiter);
      withdraw(*waiter);
      forget(*waiter);
    }
  }
  while (Waiter* waiter = answered_.pop_front()) forget(*waiter);
  for (const std::unique_ptr<Slot>& slot : slots_) {
    if (Waiter* replay = slot->reserved_for) {
      withdraw(*replay);
      forget(*replay);
    }
    if (!slot->connection) continue;
    slot->connection->set_idle_listener(nullptr);
    scheduler_.dispose(std::move(slot->connection));  // it may be on the stack
  }
}

std::optional<Lease> ConnectionPool::try_acquire(const Origin& origin, const LeaseTerms& terms) {
  if (!gates_.empty()) admit_due(scheduler_.now());
  const auto found = groups_.find(origin);
  if (draining_ || found == groups_.end()) return std::nullopt;
  OriginGroup& group = found->second;
  if (!group.waiting.empty() || terms.freshness == Freshness::new_only) return std::nullopt;
  Gate* const gate = group.idle.empty() ? nullptr : terms.gate;
  if (gate != nullptr && !try_admit(*gate, scheduler_.now())) return std::nullopt;
  Slot* slot = take_idle(group, terms.freshness);
  if (gate != nullptr) slot != nullptr ? gate->start(scheduler_.now()) : gate->withdraw();
  if (slot == nullptr) return std::nullopt;
  return begin_lease(*slot);
}

Result<void> ConnectionPool::enqueue(LeaseRequest& request) {
  assert(!request.waiting());
  const LeaseTerms& terms = request.terms_;
  const SteadyTime now = scheduler_.now();
  if (!gates_.empty()) admit_due(now);
  const size_t beyond_before = requests_beyond();
  Waiter& waiter = request.waiter_;
  request.pool_ = this;
  ++counts_.waiting;
  waiter.share = terms.share;
  if (waiter.share != nullptr) ++waiter.share->waiting;
  waiter.gate = draining_ ? nullptr : terms.gate;
  waiter.since = now;
  waiter.turn = turn_of(terms, now, ++arrivals_);
  waiter.overdue = false;

  const bool admitted = waiter.gate == nullptr || try_admit(*waiter.gate, now);
  admitted ? stand_in_line(waiter) : hold(waiter);
  if (auto reason = reason_to_refuse(waiter, beyond_before)) {
    counts_.rejected.add(rejection_of(reason->kind));
    leave(request);
    return tl::unexpected(std::move(*reason));
  }

  if (terms.timeout > Duration::zero()) {
    waiter.deadline = now + terms.timeout;
    waiter.next_check = now + terms.timeout / 2;
    deadlines_.put(waiter);
  }
  if (draining_) {
    reject(waiter, Rejection::draining, pool_shutting_down());
  } else if (admitted) {
    take_or_wait(waiter);
  } else if (comes_before_an_admitted(waiter)) {
    take_over_start(waiter);
  }
  serve_.schedule();
  return {};
}

void ConnectionPool::reopen(Lease dead, LeaseRequest& request) {
  assert(!request.waiting());
  Slot& slot = *std::exchange(dead.slot_, nullptr);
  assert(slot.group.origin == request.origin_);
  Waiter& waiter = request.waiter_;
  request.pool_ = this;
  ++counts_.waiting;
  waiter.state = WaiterState::reserved;
  waiter.group = &slot.group;
  waiter.slot = &slot;
  slot.reserved_for = &waiter;
  waiter.gate = request.terms_.gate;
  if (waiter.gate != nullptr) reserve_for_replay(*waiter.gate, scheduler_.now());
  ++(std::exchange(slot.stale, false) ? counts_.replayed : counts_.replaced);
  note(slot, SlotState::returned);
}

void ConnectionPool::set_settings(const PoolSettings& settings) {
  settings_ = settings;
  settings_changed_ = true;
  serve_.schedule();
}

void ConnectionPool::drain() {
  draining_ = true;
  serve_.schedule();
}

PoolSnapshot ConnectionPool::snapshot() const {
  PoolSnapshot now = counts_;
  now.connecting = connecting_;
  now.idle = idle_.size();
  now.leased = slots_.size() - now.connecting - now.idle;
  now.held = held_;
  now.oldest_wait = oldest_wait();
  now.open = static_cast<size_t>(std::count_if(
      slots_.begin(), slots_.end(), [](const auto& slot) { return slot->connection != nullptr; }));
  return now;
}

Duration ConnectionPool::oldest_wait() const {
  const SteadyTime now = scheduler_.now();
  SteadyTime oldest = now;
  for (const auto& [origin, group] : groups_) {
    oldest = std::min(oldest, group.waiting.oldest_since());
  }
  for (const GateQueue* queue : gates_.items()) {
    for (const Waiter* waiter : queue->held.items()) oldest = std::min(oldest, waiter->since);
  }
  return now - oldest;
}

// --- facts

OriginGroup& ConnectionPool::group_of(const Origin& origin) {
  const auto found = groups_.find(origin);
  if (found != groups_.end()) return found->second;
  return groups_.try_emplace(origin, origin, memories_.take(origin)).first->second;
}

void ConnectionPool::note(Slot& slot, SlotState fact) {
  unlist(slot);
  if (slot.state == SlotState::leased) set_busy(slot, slot.reserved_for != nullptr);
  slot.state = fact;
  (fact == SlotState::failed ? failed_ : settling_).push_back(slot);
  serve_.schedule();
}

// Out of the idle ones.
void ConnectionPool::note_lost(Slot& slot, CloseReason reason) {
  slot.lost_by = reason;
  note(slot, SlotState::lost);
}

// The pending open is on the stack.
void ConnectionPool::note_opened(Slot& slot) {
  scheduler_.dispose(std::move(slot.pending));
  ++counts_.opened;
  slot.group.memory.health.opened();
  slot.opened_at = scheduler_.now();
  slot.number = counts_.opened;
  note(slot, SlotState::opened);
}

void ConnectionPool::note_failed(Slot& slot) {
  scheduler_.dispose(std::move(slot.pending));
  ++counts_.open_failed;
  if (!is_own_refusal(slot.error.kind)) {
    slot.group.memory.health.failed(slot.error, slot.opening_since, scheduler_.now());
  }
  note(slot, SlotState::failed);
}

// The request is destroyed, whatever it waits for.
void ConnectionPool::leave(LeaseRequest& request) {
  Waiter& waiter = request.waiter_;
  request.pool_ = nullptr;
  --counts_.waiting;
  switch (waiter.state) {
    case WaiterState::outside:
      break;
    case WaiterState::held:
    case WaiterState::queued:
      leave_queue(waiter);
      withdraw(waiter);
      break;
    case WaiterState::answered:
      answered_.remove(waiter);
      if (waiter.slot != nullptr) note(*waiter.slot, SlotState::returned);
      break;
    case WaiterState::reserved: {
      Slot& slot = *waiter.slot;
      withdraw(waiter);
      slot.reserved_for = nullptr;
      set_busy(slot, false);
      if (slot.state == SlotState::connecting) slot.group.connecting.push_back(slot);
      review(slot.group);
      break;
    }
  }
  waiter.state = WaiterState::outside;
  serve_.schedule();
}

// The pool ends before the request is answered.
void ConnectionPool::forget(Waiter& waiter) {
  if (waiter.share != nullptr) --std::exchange(waiter.share, nullptr)->waiting;
  waiter.state = WaiterState::outside;
  waiter.request.pool_ = nullptr;
}

// Among those of its origin who wait for a connection.
void ConnectionPool::stand_in_line(Waiter& waiter) {
  OriginGroup& group = group_of(waiter.request.origin_);
  waiter.group = &group;
  waiter.state = WaiterState::queued;
  group.waiting.add(waiter, waiter.request.terms_);
  ++queued_;
  recount(group);
  if (waiter.gate != nullptr) waiter.gate->queue_.admitted.put(waiter);
}

void ConnectionPool::take_or_wait(Waiter& waiter) {
  OriginGroup& group = *waiter.group;
  const Freshness freshness = waiter.request.terms_.freshness;
  const bool is_first = freshness == Freshness::any ? &waiter == group.waiting.first_for_idle()
                                                    : &waiter == group.waiting.first_for_returned();
  if (Slot* idle = is_first ? take_idle(group, freshness) : nullptr) return grant(waiter, *idle);
  if (fails_fast(group)) {
    return reject(waiter, Rejection::failing,
                  origin_failing(group.memory.health, scheduler_.now()));
  }
  review(group);
}

// Why the request that has just joined must not wait.
std::optional<Error> ConnectionPool::reason_to_refuse(const Waiter& waiter,
                                                      size_t beyond_before) const {
  const LeaseRequest& request = waiter.request;
  const LeaseTerms& terms = request.terms_;
  const bool held = waiter.state == WaiterState::held;
  const SteadyTime now = scheduler_.now();
  if (held && !comes_before_an_admitted(waiter)) {
    const GateClosure closure = waiter.gate->closure(now);
    const bool ends = closure.cause != GateClosure::Cause::stopped;
    const bool too_late =
        ends && terms.timeout > Duration::zero() && closure.until >= now + terms.timeout;
    if (closure.too_long || too_late) {
      return held_back(request.origin_, closure, limit_in_time(closure.too_long, too_late), now);
    }
  }
  const size_t beyond = requests_beyond();
  const size_t counted = terms.share == nullptr ? beyond : std::min(beyond, terms.share->waiting);
  if (terms.front || beyond <= beyond_before || counted <= terms.queue_max) return std::nullopt;
  if (!held) return queue_full(terms);
  return held_back(request.origin_, waiter.gate->closure(now), HeldBackBy::queue_max, now);
}

void ConnectionPool::set_busy(Slot& slot, bool busy) {
  if (slot.busy == busy) return;
  slot.busy = busy;
  busy ? ++busy_ : --busy_;
  busy ? ++slot.group.busy : --slot.group.busy;
  recount(slot.group);
}

// How many of those who wait for this origin cannot have a slot as long as no lease ends. Idle
// connections and those being opened can be had.
void ConnectionPool::recount(OriginGroup& group) {
  const size_t limit = settings_.connections_per_origin;
  const size_t to_be_had = limit > group.busy ? limit - group.busy : 0;
  const size_t waiting = group.waiting.size();
  beyond_ -= group.beyond;
  group.beyond = waiting > to_be_had ? waiting - to_be_had : 0;
  beyond_ += group.beyond;
}

// The same for all origins together, under both limits, and all who are held.
size_t ConnectionPool::requests_beyond() const {
  const size_t limit = settings_.connections;
  const size_t to_be_had = limit > busy_ ? limit - busy_ : 0;
  return std::max(beyond_, queued_ > to_be_had ? queued_ - to_be_had : 0) + held_;
}

Lease ConnectionPool::begin_lease(Slot& slot) {
  slot.stale = false;
  slot.group.last_used = scheduler_.now();
  if (settings_.warm > 0) serve_.schedule();
  const bool reused = slot.uses++ > 0;
  ++counts_.leases;
  if (reused) ++counts_.reused;
  slot.state = SlotState::leased;
  set_busy(slot, true);
  return Lease(slot, *slot.connection, reused, reused || slot.kept);
}

}  // namespace trunkd
