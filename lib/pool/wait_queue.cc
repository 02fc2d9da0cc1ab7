#include "pool/wait_queue.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "pool/lease_request.h"

namespace trunkd {
namespace {

// Calls `use` with the number of each bit that is set.
template <typename Use>
void for_each_bit(uint32_t bits, Use use) {
  for (; bits != 0; bits &= bits - 1) use(static_cast<size_t>(std::countr_zero(bits)));
}

int urgency_of(const LeaseTerms& terms) { return std::clamp(terms.priority, 0, 7); }

// Before whom that turn comes; nullptr: after all. Looked for from both ends: who was held at a
// gate comes late to a line of those who were not, and belongs before most of them.
Waiter* place_of(const Turn& turn, const IntrusiveList<Waiter>& line) {
  Waiter* ahead = line.front();
  Waiter* behind = line.back();
  while (behind != nullptr && turn < behind->turn) {
    if (turn < ahead->turn) return ahead;
    ahead = ahead->hook.next;
    behind = behind->hook.previous;
  }
  return behind != nullptr ? behind->hook.next : line.front();
}

}  // namespace

Turn turn_of(const LeaseTerms& terms, SteadyTime now, uint64_t arrival) {
  return {terms.front ? SteadyTime::min() : now + urgency_of(terms) * kUrgencyStep, arrival};
}

void WaitQueue::add(Waiter& waiter, const LeaseTerms& terms) {
  const size_t level = terms.front ? 0 : 1 + static_cast<size_t>(urgency_of(terms));
  waiter.line = static_cast<uint8_t>(level + kLevels * static_cast<size_t>(terms.freshness));

  Line& line = lines_[waiter.line];
  Waiter* const next = place_of(waiter.turn, line.waiters);
  line.waiters.insert_before(next, waiter);
  occupied_ |= 1U << waiter.line;
  ++size_;
  waiter.promised = next != nullptr && next->promised;
  if (waiter.promised) {  // instead of the last who is
    ++promised_;
    promise(promised_ - 1);
    return;
  }
  if (line.unpromised == next) line.unpromised = &waiter;
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
  if (std::exchange(waiter.promised, false)) {
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

// Within a line the order is that of arrival.
SteadyTime WaitQueue::oldest_since() const {
  SteadyTime oldest = SteadyTime::max();
  for_each_bit(occupied_, [&](size_t line) {
    oldest = std::min(oldest, lines_[line].waiters.front()->since);
  });
  return oldest;
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
