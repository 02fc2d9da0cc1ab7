// Gates: who is held, who is admitted and then waits for a connection as if there were no gate.
// Nothing here calls a listener.

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

#include "pool/connection_pool.h"
#include "pool/queue_errors.h"

namespace trunkd {

void ConnectionPool::gate_changed(Gate& gate) {
  GateQueue& queue = gate.queue_;
  while (Waiter* waiter = queue.admitted.top()) {
    hold_again(*waiter);
    gate.withdraw();
  }
  if (queue.held.empty()) return;
  queue.changed = true;
  gates_may_open_ = true;
  serve_.schedule();
}

// Asks the gates whose time has come, in the order of those who are held: a start that two gates
// could give goes to whoever comes first.
void ConnectionPool::admit_due(SteadyTime now) {
  if (draining_) return;
  while (GateQueue* queue = gates_.top()) {
    if (!gates_may_open_ && queue->opens > now) break;
    gates_.remove(*queue);
    due_gates_.put(*queue);
  }
  gates_may_open_ = false;
  while (GateQueue* queue = due_gates_.top()) {
    due_gates_.remove(*queue);
    admit_from(*queue, now);
  }
}

void ConnectionPool::admit_from(GateQueue& queue, SteadyTime now) {
  if (queue.gate.admit(now)) {
    let_in(*queue.held.top());
    if (!queue.held.empty()) due_gates_.put(queue);
    return;
  }
  const GateClosure closure = queue.gate.closure(now);
  assert(closure.until > now);
  queue.opens = closure.until;
  gates_.put(queue);
  if (std::exchange(queue.changed, false)) turn_away(queue, closure, now);
}

// Those for whom a pause that has just begun is too long.
void ConnectionPool::turn_away(GateQueue& queue, const GateClosure& closure, SteadyTime now) {
  if (closure.cause != GateClosure::Cause::pause) return;
  const auto too_late = [&](const Waiter& waiter) {
    return deadlines_.contains(waiter) && waiter.deadline <= closure.until;
  };
  std::vector<Waiter*> leaving;
  for (Waiter* waiter : queue.held.items()) {
    if (closure.too_long || too_late(*waiter)) leaving.push_back(waiter);
  }
  std::sort(leaving.begin(), leaving.end(),
            [](const Waiter* a, const Waiter* b) { return a->turn < b->turn; });
  for (Waiter* waiter : leaving) {
    const HeldBackBy limit = limit_in_time(closure.too_long, too_late(*waiter));
    reject(*waiter, Rejection::pause, held_back(waiter->request.origin_, closure, limit, now));
  }
}

// Not past those who are held: admit_due() has just asked for them.
bool ConnectionPool::try_admit(Gate& gate, SteadyTime now) {
  return gate.queue_.held.empty() && gate.admit(now);
}

bool ConnectionPool::comes_before_an_admitted(const Waiter& waiter) {
  const Waiter* last = waiter.gate->queue_.admitted.top();
  return last != nullptr && waiter.turn < last->turn;
}

// The reservation stays; it passes from the last of the admitted to this one, which is held.
void ConnectionPool::take_over_start(Waiter& waiter) {
  hold_again(*waiter.gate->queue_.admitted.top());
  let_in(waiter);
}

void ConnectionPool::reserve_for_replay(Gate& gate, SteadyTime now) {
  if (gate.admit(now)) return;
  if (Waiter* last = gate.queue_.admitted.top()) return hold_again(*last);  // its reservation
  gate.reserve();
}

// The gate has not admitted it, or its reservation goes to another.
void ConnectionPool::hold(Waiter& waiter) {
  GateQueue& queue = waiter.gate->queue_;
  waiter.state = WaiterState::held;
  queue.held.put(waiter);
  ++held_;
  if (gates_.contains(queue)) return;
  queue.opens = queue.gate.closure(scheduler_.now()).until;
  gates_.put(queue);
}

void ConnectionPool::hold_again(Waiter& waiter) {
  waiter.gate->queue_.admitted.remove(waiter);
  leave_line(waiter);
  if (deadlines_.contains(waiter) && waiter.next_check > waiter.deadline) {
    waiter.next_check = waiter.deadline;  // only its promised connection let it stay beyond
    deadlines_.put(waiter);
  }
  hold(waiter);
}

void ConnectionPool::let_in(Waiter& waiter) {
  Gate* const gate = waiter.gate;
  leave_gate(waiter);
  waiter.gate = gate;
  stand_in_line(waiter);
  take_or_wait(waiter);
}

// It is not held any more.
void ConnectionPool::leave_gate(Waiter& waiter) {
  GateQueue& queue = std::exchange(waiter.gate, nullptr)->queue_;
  queue.held.remove(waiter);
  --held_;
  if (queue.held.empty()) gates_.remove(queue);
}

void ConnectionPool::start_at_gate(Waiter& waiter) {
  Gate* const gate = std::exchange(waiter.gate, nullptr);
  if (gate == nullptr) return;
  gate->queue_.admitted.remove(waiter);
  gate->start(scheduler_.now());
}

// The start that was reserved for it can be another's.
void ConnectionPool::withdraw(Waiter& waiter) {
  Gate* const gate = std::exchange(waiter.gate, nullptr);
  if (gate == nullptr) return;
  gate->queue_.admitted.remove(waiter);
  gate->withdraw();
  gates_may_open_ = true;
}

void ConnectionPool::time_out(Waiter& waiter, SteadyTime now) {
  const LeaseRequest& request = waiter.request;
  const Duration waited = request.terms_.timeout;
  Error error = waiter.state == WaiterState::held
                    ? held_timeout(request.origin_, waiter.gate->closure(now), waited, now)
                    : queue_timeout(request.origin_, waited);
  const bool by_pause = error.kind == ErrorKind::paused;
  reject(waiter, by_pause ? Rejection::pause : Rejection::queue_timeout, std::move(error));
}

}  // namespace trunkd
