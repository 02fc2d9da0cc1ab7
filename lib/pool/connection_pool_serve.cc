// What follows from the facts: after an event the pool decides who gets which connection, what is
// opened and what is closed. Nothing here calls a listener but answer_next(), as its last act.

#include <algorithm>
#include <cassert>
#include <utility>

#include "pool/connection_pool.h"
#include "pool/queue_errors.h"

namespace trunkd {
namespace {

// A request past its deadline for which a connection is being opened is looked at again so soon.
constexpr Duration kPromisedGrace = 100ms;

}  // namespace

void ConnectionPool::serve() {
  const SteadyTime now = scheduler_.now();
  if (std::exchange(settings_changed_, false)) apply_settings();
  if (draining_) dismiss_everybody();
  if (std::exchange(some_retired_, false)) close_retired();
  admit_due(now);
  while (Slot* slot = settling_.pop_front()) settle(*slot);
  while (Slot* slot = failed_.pop_front()) settle_failed(*slot);
  while (Slot* slot = idle_.top()) {
    if (slot->expires > now) break;
    close_idle(*slot, reason_of_expiry(*slot));
  }
  check_waiters(now);
  admit_due(now);  // again: who was refused has left its start to another
  open_connections();
  keep_warm(now);
  open_made_ready();
  drop_unused_groups(now);
  wake_when_due();
}

// One answer a call, and nothing after it: the listener may destroy what it likes, even the pool.
void ConnectionPool::answer_next() {
  Waiter* waiter = answered_.pop_front();
  if (waiter == nullptr) return;
  if (!answered_.empty()) answer_.schedule();
  waiter->state = WaiterState::outside;
  waiter->request.pool_ = nullptr;
  --counts_.waiting;
  LeaseListener& listener = waiter->request.listener_;
  if (waiter->slot != nullptr) return listener.on_lease(begin_lease(*waiter->slot));
  const std::unique_ptr<Error> error = std::move(waiter->error);
  listener.on_lease_failed(*error);
}

// --- settings, drain

void ConnectionPool::apply_settings() {
  for (const std::unique_ptr<Slot>& slot : slots_) {
    if (slot->state != SlotState::idle) continue;
    slot->expires = end_of_idleness(*slot);
    idle_.put(*slot);
  }
  for (auto& [origin, group] : groups_) {
    while (group.slots > settings_.connections_per_origin && !group.idle.empty()) {
      close(*group.idle.back(), CloseReason::over_limit);
    }
    review(group);
  }
  while (slots_.size() > settings_.connections) {
    if (!evict_one(CloseReason::over_limit)) break;
  }
}

// A replay keeps its slot: it goes on with a lease granted before.
void ConnectionPool::dismiss_everybody() {
  const auto dismiss = [this](Waiter& waiter) {
    reject(waiter, Rejection::draining, pool_shutting_down());
  };
  while (GateQueue* queue = gates_.top()) dismiss(*queue->held.top());
  for (auto& [origin, group] : groups_) {
    while (Waiter* waiter = group.waiting.first()) dismiss(*waiter);
    while (Slot* slot = group.idle.front()) close(*slot, CloseReason::drained);
    while (Slot* slot = group.connecting.front()) close(*slot, CloseReason::drained);
  }
}

// --- facts, one by one

void ConnectionPool::settle(Slot& slot) {
  switch (slot.state) {
    case SlotState::opened:
      return settle_opened(slot);
    case SlotState::returned:
      return settle_returned(slot);
    default:
      return close(slot, slot.lost_by);  // lost
  }
}

// For whoever is first now, not for the one whose asking opened it.
void ConnectionPool::settle_opened(Slot& slot) {
  --connecting_;
  Waiter* waiter = slot.reserved_for != nullptr ? slot.reserved_for : slot.group.waiting.first();
  slot.state = SlotState::returned;
  if (waiter != nullptr) return grant(*waiter, slot);
  if (const auto reason = reason_to_close(slot)) return close(slot, *reason);
  keep(slot);
}

void ConnectionPool::settle_returned(Slot& slot) {
  if (slot.reserved_for != nullptr) {
    counts_.closed.add(CloseReason::stale);
    slot.connection.reset();
    slot.uses = 0;
    slot.kept = false;
    return start_opening(slot);
  }
  if (const auto reason = reason_to_close(slot)) return close(slot, *reason);
  if (must_yield(slot)) return close(slot, CloseReason::made_room);
  if (Waiter* waiter = slot.group.waiting.first_for_returned()) {
    slot.was_idle = {};
    return grant(*waiter, slot);
  }
  keep(slot);
}

// One request hears of it, unless the connections that are still being opened are enough for all;
// and everybody, if the origin is failing.
void ConnectionPool::settle_failed(Slot& slot) {
  OriginGroup& group = slot.group;
  if (slot.reserved_for != nullptr) {
    refuse(*slot.reserved_for, std::move(slot.error));
  } else if (group.waiting.size() > group.connecting.size()) {
    refuse(*group.waiting.first(), std::move(slot.error));
  }
  close(slot, CloseReason::broken);  // it never was a connection
  dismiss_failing(group);
}

void ConnectionPool::check_waiters(SteadyTime now) {
  while (Waiter* waiter = deadlines_.top()) {
    if (waiter->next_check > now) return;
    if (waiter->deadline > now) {
      waiter->overdue = true;
      waiter->next_check = waiter->deadline;
      deadlines_.put(*waiter);
      if (waiter->group != nullptr) review(*waiter->group);
    } else if (waiter->promised) {
      // It does not wait for its turn any more, but for the connect, which has a limit of its own.
      waiter->next_check = now + kPromisedGrace;
      deadlines_.put(*waiter);
    } else {
      time_out(*waiter, now);
    }
  }
}

// --- opening and making room

void ConnectionPool::open_connections() {
  while (OriginGroup* group = hungry_.top()) {
    if (draining_ || !make_room(*group)) return;
    open_one(*group);
  }
}

void ConnectionPool::open_one(OriginGroup& group) {
  assert(slots_.size() < settings_.connections);
  assert(group.slots < settings_.connections_per_origin);
  Slot& slot = *slots_.emplace_back(std::make_unique<Slot>(*this, group));
  slot.index = slots_.size() - 1;
  ++group.slots;
  group.connecting.push_back(slot);
  start_opening(slot);
  review(group);
}

bool ConnectionPool::make_room(OriginGroup& group) {
  // A hungry group at its own limit has an idle connection: who waits wants a new one.
  while (group.slots >= settings_.connections_per_origin) {
    if (group.idle.empty()) return false;
    close_idle(*group.idle.back(), CloseReason::made_room);
  }
  while (slots_.size() >= settings_.connections) {
    if (!evict_one(CloseReason::made_room)) return false;
  }
  return true;
}

// Closes what nobody waits for: the idle connection that would end first, or one being opened.
bool ConnectionPool::evict_one(CloseReason reason) {
  if (Slot* idle = idle_.top()) {
    close_idle(*idle, reason);
  } else if (!oversupplied_.empty()) {
    close(*oversupplied_.front()->connecting.back(), reason);
  } else {
    return false;
  }
  return true;
}

void ConnectionPool::drop_unused_groups(SteadyTime now) {
  std::erase_if(maybe_unused_, [&](OriginGroup* group) {
    if (group->unused() && is_warm(*group, now)) return false;
    group->maybe_unused = false;
    if (!group->unused()) return true;
    memories_.keep(group->origin, std::move(group->memory));
    groups_.erase(Origin(group->origin));
    return true;
  });
}

void ConnectionPool::wake_when_due() {
  SteadyTime next = SteadyTime::max();
  if (const Slot* slot = idle_.top()) next = slot->expires;
  if (const Waiter* waiter = deadlines_.top()) next = std::min(next, waiter->next_check);
  if (const GateQueue* queue = gates_.top()) next = std::min(next, queue->opens);
  if (settings_.warm > 0) {
    for (const auto& [origin, group] : groups_) next = std::min(next, group.warmed_at);
  }
  next == SteadyTime::max() ? wake_.stop() : wake_.start_at(next);
}

// --- one slot

// Why it must not stay; none: it may.
std::optional<CloseReason> ConnectionPool::reason_to_close(const Slot& slot) const {
  if (!slot.connection->reusable()) return slot.connection->end_reason();
  if (draining_) return CloseReason::drained;
  const uint64_t most = settings_.max_requests;
  if (slot.generation != generation_) return CloseReason::reconnected;
  if (most != 0 && slot.uses >= most) return CloseReason::requests;
  if (end_of_age(slot) <= scheduler_.now()) return CloseReason::age;
  // They may have been lowered since it was opened.
  const bool within_limits = slots_.size() <= settings_.connections &&
                             slot.group.slots <= settings_.connections_per_origin;
  if (!within_limits) return CloseReason::over_limit;
  return std::nullopt;
}

// See the fairness rule above ConnectionPool. It matters only if somebody of its own origin would
// take the connection: an idle one makes room anyway.
bool ConnectionPool::must_yield(const Slot& slot) const {
  const OriginGroup& own = slot.group;
  const OriginGroup* other = hungry_.top();
  const Waiter* next = own.waiting.first_for_returned();
  if (next == nullptr || other == nullptr || other == &own || !other->overdue) return false;
  if (slots_.size() < settings_.connections || !idle_.empty() || !oversupplied_.empty()) {
    return false;  // there is room without this one
  }
  return other->slots < own.slots && (!next->overdue || other->turn < next->turn);
}

void ConnectionPool::start_opening(Slot& slot) {
  slot.state = SlotState::connecting;
  slot.opening_since = scheduler_.now();
  slot.generation = generation_;
  ++connecting_;
  slot.pending = factory_.open(slot.group.origin, slot);
}

// Takes the slot out of its group's list, if it is in one.
void ConnectionPool::unlist(Slot& slot) {
  if (slot.state == SlotState::idle) {
    slot.group.idle.remove(slot);
    idle_.remove(slot);
  } else if (slot.state == SlotState::connecting && slot.reserved_for == nullptr) {
    slot.group.connecting.remove(slot);
  }
}

// `reason` counts if it was open, and not only being opened.
void ConnectionPool::close(Slot& slot, CloseReason reason) {
  OriginGroup& group = slot.group;
  if (slot.connection) counts_.closed.add(reason);
  unlist(slot);
  if (slot.opening()) --connecting_;
  set_busy(slot, false);
  --group.slots;
  const size_t index = slot.index;
  std::swap(slots_[index], slots_.back());
  slots_[index]->index = index;
  slots_.pop_back();
  review(group);
}

// --- one request

// The lease begins when the request is told; until then the slot is kept for it.
void ConnectionPool::grant(Waiter& waiter, Slot& slot) {
  if (waiter.state == WaiterState::queued) leave_queue(waiter);
  start_at_gate(waiter);
  slot.reserved_for = nullptr;
  slot.state = SlotState::leased;
  set_busy(slot, true);
  waiter.slot = &slot;
  answer(waiter);
}

void ConnectionPool::refuse(Waiter& waiter, Error error) {
  if (waiter.state == WaiterState::reserved) {
    waiter.slot->reserved_for = nullptr;
  } else {
    leave_queue(waiter);
  }
  withdraw(waiter);
  waiter.slot = nullptr;
  waiter.error = std::make_unique<Error>(std::move(error));
  answer(waiter);
}

void ConnectionPool::reject(Waiter& waiter, Rejection reason, Error error) {
  counts_.rejected.add(reason);
  refuse(waiter, std::move(error));
}

void ConnectionPool::leave_queue(Waiter& waiter) {
  waiter.state == WaiterState::held ? leave_gate(waiter) : leave_line(waiter);
  deadlines_.remove(waiter);
  if (waiter.share != nullptr) --std::exchange(waiter.share, nullptr)->waiting;
}

void ConnectionPool::leave_line(Waiter& waiter) {
  OriginGroup& group = *std::exchange(waiter.group, nullptr);
  group.waiting.remove(waiter);
  --queued_;
  review(group);
}

void ConnectionPool::answer(Waiter& waiter) {
  waiter.state = WaiterState::answered;
  answered_.push_back(waiter);
  answer_.schedule();
}

// After every change of a group: what its waiters are promised, whether it wants more, has too
// much, or is done.
void ConnectionPool::review(OriginGroup& group) {
  recount(group);
  group.waiting.promise(group.connecting.size());

  const Waiter* next = group.waiting.first_unpromised();
  const bool may_have = group.slots < settings_.connections_per_origin || !group.idle.empty();
  if (next != nullptr && may_have) {
    group.turn = next->turn;
    group.overdue = next->overdue;
    hungry_.put(group);
  } else {
    hungry_.remove(group);
  }

  const bool oversupplied = group.connecting.size() > group.waiting.size();
  if (oversupplied != group.oversupplied) {
    group.oversupplied = oversupplied;
    oversupplied ? oversupplied_.push_back(group) : oversupplied_.remove(group);
  }

  if (group.unused() && !group.maybe_unused) {
    group.maybe_unused = true;
    maybe_unused_.push_back(&group);
  }
}

}  // namespace trunkd
