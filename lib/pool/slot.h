// Slot: one unit of the pool's limit, from the start of connecting until the connection is gone.

#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "base/error.h"
#include "pool/connection_factory.h"
#include "pool/intrusive_heap.h"
#include "pool/intrusive_list.h"
#include "pool/pooled_connection.h"

namespace trunkd {

class ConnectionPool;
struct OriginGroup;
struct Waiter;

// connecting -> opened -> leased -> returned -> leased or idle;   idle -> leased
// connecting -> failed; idle -> lost; any -> gone
// returned -> connecting: for a replay, in the slot of the connection that died
// opened, failed, returned and lost are facts that ConnectionPool::serve() has not looked at yet.
enum class SlotState : uint8_t { connecting, opened, failed, idle, leased, returned, lost };

// Owned by the pool; hears of its connection and tells the pool.
struct Slot final : OpenListener, IdleListener {
  Slot(ConnectionPool& owner, OriginGroup& its_group) : pool(owner), group(its_group) {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  bool opening() const { return state <= SlotState::failed; }

  void on_opened(PendingOpen& open, std::unique_ptr<PooledConnection> opened) override;
  void on_open_failed(PendingOpen& open, const Error& reason) override;
  void on_idle_connection_lost(PooledConnection& lost, IdleEnd end) override;

  ConnectionPool& pool;
  OriginGroup& group;
  SlotState state = SlotState::connecting;
  bool busy = false;               // leased, or reserved: nobody in the queue can hope for it
  Waiter* reserved_for = nullptr;  // the replay that waits for this slot and no other
  std::unique_ptr<PendingOpen> pending;
  std::unique_ptr<PooledConnection> connection;
  Error error;                                    // failed: why
  CloseReason lost_by = CloseReason::ended_idle;  // lost: why

  SteadyTime opening_since{};
  SteadyTime opened_at{};
  SteadyTime idle_since{};
  bool kept = false;        // has been idle at least once
  Duration was_idle{};      // before the lease; 0: not at all
  bool stale = false;       // the request of its lease was lost on it
  SteadyTime expires{};     // idle: when it is closed
  uint64_t uses = 0;        // exchanges begun
  uint64_t generation = 0;  // ConnectionPool::retire_all() ends those before
  uint64_t number = 0;      // of all that the pool opened; spreads the ages
  size_t index = 0;         // among the pool's slots
  ListHook<Slot> hook;      // in one of: its group's connecting, its group's idle, the pool's facts
  size_t heap_index = kNotInHeap;
};

}  // namespace trunkd
