// Idle connections: how long they are kept, for whom they will do, and what their end teaches of
// the origin. Nothing here calls a listener.

#include <algorithm>
#include <utility>

#include "base/spread.h"
#include "pool/connection_pool.h"
#include "pool/queue_errors.h"

namespace trunkd {
namespace {

// Idle connections are kept ready for so long after a lease.
constexpr Duration kWarmFor = 5min;

// Between two that are opened to be ready: many daemons, or sessions, shall not do it together.
Duration warming_pause(uint64_t number) { return 50ms + spread(200ms, number); }

}  // namespace

// Takes the newest idle connection that still works, and will do, out of the idle ones.
Slot* ConnectionPool::take_idle(OriginGroup& group, Freshness freshness) {
  if (freshness == Freshness::new_only) return nullptr;
  const SteadyTime now = scheduler_.now();
  while (Slot* slot = group.idle.front()) {
    const bool expired = slot->expires <= now;
    if (expired || slot->generation != generation_ || !slot->connection->reusable()) {
      note_lost(*slot, expired                        ? reason_of_expiry(*slot)
                       : slot->connection->reusable() ? CloseReason::reconnected
                                                      : slot->connection->end_reason());
      continue;
    }
    const Duration idle = now - slot->idle_since;
    if (freshness == Freshness::proven && idle > proven_idle(group, now)) return nullptr;
    slot->was_idle = idle;
    unlist(*slot);
    slot->connection->set_idle_listener(nullptr);
    return slot;
  }
  return nullptr;
}

void ConnectionPool::keep(Slot& slot) {
  slot.state = SlotState::idle;
  slot.idle_since = scheduler_.now();
  slot.kept = true;
  const Duration hint = slot.connection->keep_alive_hint();
  if (hint > Duration::zero()) slot.group.memory.idle.hinted(hint);
  slot.expires = end_of_idleness(slot);
  slot.group.idle.push_front(slot);
  idle_.put(slot);
  slot.connection->set_idle_listener(&slot);
  review(slot.group);
}

// Its time is over, or it makes room for another; the origin would have kept it.
void ConnectionPool::close_idle(Slot& slot, CloseReason reason) {
  const SteadyTime now = scheduler_.now();
  if (slot.connection->reusable()) {
    slot.group.memory.idle.open_after(now - slot.idle_since, now);
  }
  close(slot, reason);
}

CloseReason ConnectionPool::reason_of_expiry(const Slot& slot) const {
  return end_of_age(slot) <= slot.expires ? CloseReason::age : CloseReason::idle;
}

void ConnectionPool::note_ended(Slot& slot) {
  const SteadyTime now = scheduler_.now();
  ++counts_.ended_idle;
  slot.group.memory.idle.closed_after(now - slot.idle_since, now);
  note_lost(slot, CloseReason::ended_idle);
}

void ConnectionPool::note_stale(Slot& slot) {
  ++counts_.stale;
  slot.stale = true;
  slot.group.memory.idle.failed_after(slot.was_idle, scheduler_.now());
}

// Up to a quarter before max_age: connections opened together don't expire together.
SteadyTime ConnectionPool::end_of_age(const Slot& slot) const {
  const Duration age = settings_.max_age;
  if (age <= Duration::zero()) return SteadyTime::max();
  return slot.opened_at + age - spread(age / 4, slot.number);
}

SteadyTime ConnectionPool::end_of_idleness(const Slot& slot) const {
  Duration longest = slot.group.memory.idle.longest_idle(scheduler_.now());
  if (settings_.idle_timeout > Duration::zero()) {
    longest = std::min(longest, settings_.idle_timeout);
  }
  if (longest == Duration::max()) return end_of_age(slot);
  return std::min(slot.idle_since + longest, end_of_age(slot));
}

Duration ConnectionPool::proven_idle(const OriginGroup& group, SteadyTime now) const {
  if (settings_.unsafe_idle > Duration::zero()) return settings_.unsafe_idle;
  return group.memory.idle.proven(now);
}

// --- ready before they are needed

// What is ready for a tunnel is of no use: an origin waits for its first bytes and gives up.
bool ConnectionPool::is_warm(const OriginGroup& group, SteadyTime now) const {
  return settings_.warm > 0 && !draining_ && !group.origin.is_tunnel() &&
         group.last_used > now - kWarmFor;
}

void ConnectionPool::keep_warm(SteadyTime now) {
  if (settings_.warm == 0) return;
  for (auto& [origin, group] : groups_) {
    const size_t unclaimed =
        group.connecting.size() - std::min(group.connecting.size(), group.waiting.size());
    const bool has_room =
        group.slots < settings_.connections_per_origin && slots_.size() < settings_.connections;
    if (!is_warm(group, now) || group.memory.health.failing() || !has_room ||
        group.idle.size() + unclaimed >= settings_.warm) {
      group.warmed_at = SteadyTime::max();
    } else if (group.warmed_at == SteadyTime::max()) {
      group.warmed_at = now + warming_pause(counts_.opened);
    } else if (group.warmed_at <= now) {
      open_one(group);
      group.warmed_at = now + warming_pause(counts_.opened + 1);
    }
  }
}

// --- failing origins

// Nobody needs to wait for a connection to an origin to which none can be opened. As long as there
// is one that was opened, it is not the origin that fails.
bool ConnectionPool::fails_fast(const OriginGroup& group) const {
  const OriginHealth& health = group.memory.health;
  if (!health.failing() || group.slots > group.connecting.size()) return false;
  const bool is_probed = !group.connecting.empty() || group.waiting.size() > 1;
  return is_probed || health.next_probe() > scheduler_.now();
}

void ConnectionPool::dismiss_failing(OriginGroup& group) {
  if (!fails_fast(group)) return;
  while (Waiter* waiter = group.waiting.first()) {
    reject(*waiter, Rejection::failing, origin_failing(group.memory.health, scheduler_.now()));
  }
}

}  // namespace trunkd
