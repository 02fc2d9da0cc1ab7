// What is said to the pool: each call notes a fact and leaves the rest to serve().

#include "pool/connection_pool.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <string_view>
#include <utility>

namespace trunkd {

ConnectionPool::ConnectionPool(Scheduler& scheduler, ConnectionFactory& factory,
                               const PoolSettings& settings)
    : scheduler_(scheduler),
      factory_(factory),
      settings_(settings),
      serve_(scheduler, [this] { serve(); }),
      answer_(scheduler, [this] { answer_next(); }),
      wake_(scheduler, [this] { serve(); }) {}

ConnectionPool::~ConnectionPool() {
  const auto forget = [](Waiter& waiter) {
    waiter.state = WaiterState::outside;
    waiter.request.pool_ = nullptr;
  };
  for (auto& [origin, group] : groups_) {
    while (Waiter* waiter = group.waiting.first()) {
      group.waiting.remove(*waiter);
      forget(*waiter);
    }
  }
  while (Waiter* waiter = answered_.pop_front()) forget(*waiter);
  for (const std::unique_ptr<Slot>& slot : slots_) {
    if (slot->reserved_for != nullptr) forget(*slot->reserved_for);
    if (!slot->connection) continue;
    slot->connection->set_idle_listener(nullptr);
    scheduler_.dispose(std::move(slot->connection));  // it may be on the stack
  }
}

std::optional<Lease> ConnectionPool::try_acquire(const Origin& origin) {
  const auto found = groups_.find(origin);
  if (draining_ || found == groups_.end()) return std::nullopt;
  OriginGroup& group = found->second;
  if (!group.waiting.empty()) return std::nullopt;
  Slot* slot = take_idle(group);
  if (slot == nullptr) return std::nullopt;
  return begin_lease(*slot);
}

bool ConnectionPool::enqueue(LeaseRequest& request) {
  assert(!request.waiting());
  const LeaseTerms& terms = request.terms_;
  const SteadyTime now = scheduler_.now();
  OriginGroup& group = group_of(request.origin_);
  Waiter& waiter = request.waiter_;
  request.pool_ = this;
  ++counts_.waiting;

  const size_t beyond_before = requests_beyond();
  waiter.group = &group;
  waiter.state = WaiterState::queued;
  waiter.overdue = false;
  group.waiting.add(waiter, terms, now, ++arrivals_);
  ++queued_;
  recount(group);
  if (!terms.front && requests_beyond() > std::max(beyond_before, terms.queue_max)) {
    leave(request);
    return false;
  }

  if (terms.timeout > Duration::zero()) {
    waiter.deadline = now + terms.timeout;
    waiter.next_check = now + terms.timeout / 2;
    deadlines_.put(waiter);
  }
  if (draining_) {
    refuse(waiter, {ErrorKind::shutting_down, "the session is being shut down"});
  } else if (Slot* idle = &waiter == group.waiting.first_for_used() ? take_idle(group) : nullptr) {
    grant(waiter, *idle);
  } else {
    review(group);
  }
  serve_.schedule();
  return true;
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
  return now;
}

// --- facts

size_t ConnectionPool::OriginHash::operator()(const Origin& origin) const {
  const size_t scheme_and_port = size_t{origin.port} << 1 | (origin.secure() ? 1U : 0U);
  return std::hash<std::string_view>{}(origin.host) ^ scheme_and_port * 0x9e3779b97f4a7c15U;
}

OriginGroup& ConnectionPool::group_of(const Origin& origin) {
  return groups_.try_emplace(origin, origin).first->second;
}

// Takes the newest idle connection that still works out of the idle ones.
Slot* ConnectionPool::take_idle(OriginGroup& group) {
  while (Slot* slot = group.idle.front()) {
    if (!slot->connection->reusable() || slot->expires <= scheduler_.now()) {
      note(*slot, SlotState::lost);
      continue;
    }
    unlist(*slot);
    slot->connection->set_idle_listener(nullptr);
    return slot;
  }
  return nullptr;
}

void ConnectionPool::note(Slot& slot, SlotState fact) {
  unlist(slot);
  if (slot.state == SlotState::leased) set_busy(slot, slot.reserved_for != nullptr);
  slot.state = fact;
  (fact == SlotState::failed ? failed_ : settling_).push_back(slot);
  serve_.schedule();
}

// The pending open is on the stack.
void ConnectionPool::note_opened(Slot& slot) {
  scheduler_.dispose(std::move(slot.pending));
  ++counts_.opened;
  slot.opened_at = scheduler_.now();
  slot.number = counts_.opened;
  note(slot, SlotState::opened);
}

void ConnectionPool::note_failed(Slot& slot) {
  scheduler_.dispose(std::move(slot.pending));
  ++counts_.open_failed;
  note(slot, SlotState::failed);
}

// The request is destroyed, whatever it waits for.
void ConnectionPool::leave(LeaseRequest& request) {
  Waiter& waiter = request.waiter_;
  request.pool_ = nullptr;
  --counts_.waiting;
  switch (std::exchange(waiter.state, WaiterState::outside)) {
    case WaiterState::outside:
      break;
    case WaiterState::queued:
      leave_queue(waiter);
      break;
    case WaiterState::answered:
      answered_.remove(waiter);
      if (waiter.slot != nullptr) note(*waiter.slot, SlotState::returned);
      break;
    case WaiterState::reserved: {
      Slot& slot = *waiter.slot;
      slot.reserved_for = nullptr;
      set_busy(slot, false);
      if (slot.state == SlotState::connecting) slot.group.connecting.push_back(slot);
      review(slot.group);
      break;
    }
  }
  serve_.schedule();
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

// The same for all origins together, under both limits.
size_t ConnectionPool::requests_beyond() const {
  const size_t limit = settings_.connections;
  const size_t to_be_had = limit > busy_ ? limit - busy_ : 0;
  return std::max(beyond_, queued_ > to_be_had ? queued_ - to_be_had : 0);
}

Lease ConnectionPool::begin_lease(Slot& slot) {
  const bool reused = slot.uses++ > 0;
  ++counts_.leases;
  if (reused) ++counts_.reused;
  slot.state = SlotState::leased;
  set_busy(slot, true);
  return Lease(slot, *slot.connection, reused);
}

}  // namespace trunkd
