// GateQueue: what a pool notes of one gate: who is held at it, and who was admitted.

#pragma once

#include <cstddef>

#include "base/clock.h"
#include "pool/intrusive_heap.h"
#include "pool/waiter.h"

namespace trunkd {

class Gate;

// All who are held come later than all who are admitted and still wait for a connection.
struct GateQueue {
  struct Earlier {
    bool operator()(const Waiter& a, const Waiter& b) const { return a.turn < b.turn; }
  };
  struct Later {
    bool operator()(const Waiter& a, const Waiter& b) const { return b.turn < a.turn; }
  };

  explicit GateQueue(Gate& its_gate) : gate(its_gate) {}

  Gate& gate;
  IntrusiveHeap<Waiter, Earlier, &Waiter::gate_index> held;    // the first of them on top
  IntrusiveHeap<Waiter, Later, &Waiter::gate_index> admitted;  // the last of them on top

  // While somebody is held:
  size_t heap_index = kNotInHeap;  // among the pool's gates
  SteadyTime opens{};              // when the pool asks again; it would be in vain before
  bool changed = false;            // by gate_changed(): some may have to be turned away
};

}  // namespace trunkd
