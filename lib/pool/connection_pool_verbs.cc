// What an operator says to the pool, and what it shows them.

#include <algorithm>
#include <utility>

#include "pool/connection_pool.h"

namespace trunkd {

void ConnectionPool::retire_all() {
  ++generation_;
  some_retired_ = true;
  for (const auto& [origin, group] : groups_) factory_.renew(origin);
  serve_.schedule();
}

// All that are idle or being opened, since none of a later generation can be: for who waits others
// are opened. The busy are closed when they come back: reason_to_close() sees their generation.
void ConnectionPool::close_retired() {
  for (auto& [origin, group] : groups_) {
    while (Slot* slot = group.idle.front()) close(*slot, CloseReason::reconnected);
    while (Slot* slot = group.connecting.front()) close(*slot, CloseReason::reconnected);
  }
}

void ConnectionPool::make_ready(const Origin& origin, size_t count) {
  if (draining_ || count == 0) return;
  to_make_ready_.emplace_back(origin, count);
  serve_.schedule();
}

void ConnectionPool::open_made_ready() {
  for (const auto& [origin, count] : std::exchange(to_make_ready_, {})) {
    if (draining_) return;
    OriginGroup& group = group_of(origin);
    while (group.idle.size() + group.connecting.size() < count &&
           group.slots < settings_.connections_per_origin &&
           slots_.size() < settings_.connections) {
      open_one(group);
    }
    review(group);
  }
}

std::vector<ConnectionView> ConnectionPool::connections() const {
  std::vector<ConnectionView> views;
  views.reserve(slots_.size());
  for (const std::unique_ptr<Slot>& slot : slots_) {
    ConnectionView view{.origin = &slot->group.origin,
                        .connection = slot->connection.get(),
                        .uses = slot->uses,
                        .since = slot->opened_at,
                        .opened_at = slot->opened_at};
    if (slot->opening() || slot->connection == nullptr) {
      view.since = slot->opening_since;
    } else if (slot->state == SlotState::idle) {
      view.state = ConnectionView::State::idle;
      view.since = slot->idle_since;
    } else {
      view.state = ConnectionView::State::busy;
    }
    views.push_back(view);
  }
  return views;
}

std::vector<OriginView> ConnectionPool::origins() const {
  std::vector<OriginView> views;
  views.reserve(groups_.size());
  for (const auto& [origin, group] : groups_) {
    OriginView view{.origin = &origin,
                    .connecting = group.connecting.size(),
                    .idle = group.idle.size(),
                    .waiting = group.waiting.size(),
                    .failing = group.memory.health.failing()};
    view.busy = group.slots - std::min(group.slots, view.connecting + view.idle);
    views.push_back(view);
  }
  return views;
}

}  // namespace trunkd
