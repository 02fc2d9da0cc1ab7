// OriginGroup: what a pool has for one origin: slots, idle connections, and who waits.

#pragma once

#include <cstddef>
#include <utility>

#include "base/origin.h"
#include "pool/intrusive_heap.h"
#include "pool/intrusive_list.h"
#include "pool/origin_memory.h"
#include "pool/slot.h"
#include "pool/wait_queue.h"

namespace trunkd {

// Exists while it has a slot or a waiter, and a while longer if its origin is kept warm. Never has
// an idle connection and somebody waiting for whom it would do.
struct OriginGroup {
  OriginGroup(const Origin& key, OriginMemory known) : origin(key), memory(std::move(known)) {}
  OriginGroup(const OriginGroup&) = delete;
  OriginGroup& operator=(const OriginGroup&) = delete;

  bool unused() const { return slots == 0 && waiting.empty(); }

  const Origin origin;
  OriginMemory memory;
  IntrusiveList<Slot> idle;        // newest first
  IntrusiveList<Slot> connecting;  // for whoever waits; not those reserved for a replay
  WaitQueue waiting;
  size_t slots = 0;   // in any state
  size_t busy = 0;    // Slot::busy
  size_t beyond = 0;  // of those who wait: for how many no slot can be had now
  SteadyTime last_used = SteadyTime::min();  // when a lease began
  SteadyTime warmed_at = SteadyTime::max();  // when another idle connection is opened

  // While it wants another connection:
  size_t heap_index = kNotInHeap;  // among the hungry
  Turn turn;                       // of the first who is not promised one
  bool overdue = false;            // half of whose time is over

  // More connections are being opened than requests wait for:
  ListHook<OriginGroup> hook;
  bool oversupplied = false;

  bool maybe_unused = false;  // in the pool's list of groups to drop
};

}  // namespace trunkd
