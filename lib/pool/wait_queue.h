// WaitQueue: the requests that wait for one origin, in the order in which they get a connection.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "pool/intrusive_list.h"
#include "pool/waiter.h"

namespace trunkd {

struct LeaseTerms;

// What one level of urgency is worth in waiting: u=7 comes before a new u=0 after 14 seconds.
inline constexpr Duration kUrgencyStep = 2s;

// `arrival` counts up with each request.
Turn turn_of(const LeaseTerms& terms, SteadyTime now, uint64_t arrival);

// A line for each urgency, each in the order of arrival: joining and leaving take constant time,
// and only the heads of the lines are compared to find who is first.
class WaitQueue {
 public:
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  // At the place that its turn gives it, which is the end of its line unless a gate held it.
  void add(Waiter& waiter, const LeaseTerms& terms);
  void remove(Waiter& waiter);

  // nullptr if there is none:
  Waiter* first() const { return first_of(kEveryLine); }
  // Whom a connection will do that has just come back, and one that has been idle for whatever
  // time.
  Waiter* first_for_returned() const { return first_of(kLinesOfAny | kLinesOfProven); }
  Waiter* first_for_idle() const { return first_of(kLinesOfAny); }
  Waiter* first_unpromised() const;
  // When the one joined who waits longest, whatever its turn; max: nobody waits.
  SteadyTime oldest_since() const;

  // So many connections are being opened for this queue: the first so many in order are promised
  // one. They still take whatever comes first.
  void promise(size_t connections);

 private:
  // In front, then urgency 0 to 7; and the same for each freshness.
  static constexpr size_t kLevels = 9;
  static constexpr size_t kLines = 3 * kLevels;
  static constexpr uint32_t kLinesOfAny = (1U << kLevels) - 1;
  static constexpr uint32_t kLinesOfProven = kLinesOfAny << kLevels;
  static constexpr uint32_t kEveryLine = (1U << kLines) - 1;

  // Within a line the promised ones stand before the others.
  struct Line {
    IntrusiveList<Waiter> waiters;
    Waiter* unpromised = nullptr;  // the first of them
  };

  void promise_again();
  Waiter* first_of(uint32_t lines) const;
  Waiter* last_promised() const;

  std::array<Line, kLines> lines_;
  uint32_t occupied_ = 0;  // a bit for each line that is not empty
  size_t size_ = 0;
  size_t promised_ = 0;
};

}  // namespace trunkd
