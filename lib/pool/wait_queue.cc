#include "pool/wait_queue.h"

#include <algorithm>
#include <bit>

#include "pool/lease_request.h"

namespace trunkd {
namespace {

// Calls `use` with the number of each bit that is set.
template <typename Use>
void for_each_bit(uint32_t bits, Use use) {
  for (; bits != 0; bits &= bits - 1) use(static_cast<size_t>(std::countr_zero(bits)));
}

}  // namespace

void WaitQueue::add(Waiter& waiter, const LeaseTerms& terms, SteadyTime now, uint64_t arrival) {
  const int urgency = std::clamp(terms.priority, 0, 7);
  const size_t level = terms.front ? 0 : 1 + static_cast<size_t>(urgency);
  const bool wants_new = terms.freshness == Freshness::new_only;
  waiter.line = static_cast<uint8_t>(level + (wants_new ? kLevels : 0));
  waiter.turn = {terms.front ? SteadyTime::min() : now + urgency * kUrgencyStep, arrival};
  waiter.promised = false;

  Line& line = lines_[waiter.line];
  line.waiters.push_back(waiter);
  if (line.unpromised == nullptr) line.unpromised = &waiter;
  occupied_ |= 1U << waiter.line;
  ++size_;
  if (promised_ > 0 && waiter.turn < last_promised()->turn) promise_again();
}

// Who joins may come before one who is promised a connection.
void WaitQueue::promise_again() {
  const size_t connections = promised_;
  promise(connections - 1);
  promise(connections);
}

void WaitQueue::remove(Waiter& waiter) {
  Line& line = lines_[waiter.line];
  if (waiter.promised) {
    --promised_;
  } else if (line.unpromised == &waiter) {
    line.unpromised = waiter.hook.next;
  }
  line.waiters.remove(waiter);
  if (line.waiters.empty()) occupied_ &= ~(1U << waiter.line);
  --size_;
}

Waiter* WaitQueue::first_of(uint32_t lines) const {
  Waiter* first = nullptr;
  for_each_bit(occupied_ & lines, [&](size_t line) {
    Waiter* head = lines_[line].waiters.front();
    if (first == nullptr || head->turn < first->turn) first = head;
  });
  return first;
}

Waiter* WaitQueue::first_unpromised() const {
  Waiter* first = nullptr;
  for_each_bit(occupied_, [&](size_t line) {
    Waiter* head = lines_[line].unpromised;
    if (head == nullptr) return;
    if (first == nullptr || head->turn < first->turn) first = head;
  });
  return first;
}

Waiter* WaitQueue::last_promised() const {
  Waiter* last = nullptr;
  for_each_bit(occupied_, [&](size_t line) {
    const Line& candidates = lines_[line];
    Waiter* tail = candidates.unpromised != nullptr ? candidates.unpromised->hook.previous
                                                    : candidates.waiters.back();
    if (tail == nullptr) return;  // none of this line is promised one
    if (last == nullptr || last->turn < tail->turn) last = tail;
  });
  return last;
}

void WaitQueue::promise(size_t connections) {
  const size_t wanted = std::min(connections, size_);
  while (promised_ < wanted) {
    Waiter* waiter = first_unpromised();
    waiter->promised = true;
    lines_[waiter->line].unpromised = waiter->hook.next;
    ++promised_;
  }
  while (promised_ > wanted) {
    Waiter* waiter = last_promised();
    waiter->promised = false;
    lines_[waiter->line].unpromised = waiter;
    --promised_;
  }
}

}  // namespace trunkd
