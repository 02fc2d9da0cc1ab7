// Waiter: what the pool notes of a lease request from its asking to its answer.

#pragma once

#include <compare>
#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "base/error.h"
#include "pool/intrusive_heap.h"
#include "pool/intrusive_list.h"

namespace trunkd {

class Gate;
class LeaseRequest;
struct OriginGroup;
struct QueueShare;
struct Slot;

// Who comes first. A level of urgency is worth a fixed time of waiting, so the order of two
// requests is the same at every moment: by the time of arrival, put off by the levels. That is how
// the least urgent is served too, without anything being sorted again.
struct Turn {
  SteadyTime time;       // earlier is first
  uint64_t arrival = 0;  // distinct; lower is first
  auto operator<=>(const Turn&) const = default;
};

// outside -> queued -> answered -> outside: the usual way
// outside -> held <-> queued: a gate keeps it from waiting for a connection
// held -> answered: its time was over
// outside -> reserved -> answered: a replay, which waits for one slot and is in no queue
enum class WaiterState : uint8_t { outside, held, queued, reserved, answered };

struct Waiter {
  explicit Waiter(LeaseRequest& waiting_request) : request(waiting_request) {}

  LeaseRequest& request;
  OriginGroup* group = nullptr;  // while queued or reserved
  Gate* gate = nullptr;          // held: where; queued or reserved: which reserved its start
  QueueShare* share = nullptr;   // held or queued: where it is counted
  Slot* slot = nullptr;          // reserved: the one it waits for; answered: the one it gets
  std::unique_ptr<Error> error;  // answered: why there is none

  ListHook<Waiter> hook;           // queued: in its line; answered: among the answers to give
  size_t heap_index = kNotInHeap;  // among the deadlines
  size_t gate_index = kNotInHeap;  // among the gate's held or admitted
  Turn turn;
  SteadyTime since{};  // held or queued: when it joined
  SteadyTime deadline{};
  SteadyTime next_check{};  // when the pool looks at it again: half its time, then its deadline
  WaiterState state = WaiterState::outside;
  uint8_t line = 0;
  bool promised = false;  // a connection is being opened that it will get, if nothing is faster
  bool overdue = false;   // half of its time is over
};

}  // namespace trunkd
