// TokenBucket: so many starts in so much time, and some of them at once after a time without.

#pragma once

#include <cstdint>

#include "base/clock.h"

namespace trunkd {

// In whole numbers, so that no rounding adds up: each microsecond brings `gain` parts, a start
// costs `cost` of them. A reservation takes nothing out, so the bucket fills meanwhile, up to its
// burst; it only keeps others from what it will need. One of burst 1 is a least interval between
// starts.
class TokenBucket {
 public:
  // `count` starts in each `per`, on average; full at first. All above zero. Counts beyond 10^12
  // and what would take thousands of years to fill again are cut.
  TokenBucket(uint64_t count, Duration per, uint64_t burst, SteadyTime now);

  bool has(SteadyTime now) const { return has_at(now) <= now; }  // one besides those reserved
  // Not before this time, unless a reservation is withdrawn; perhaps later. Never later than `now`
  // if there is one.
  SteadyTime has_at(SteadyTime now) const;

  // Need not be asked for: then more is reserved or taken than there is, and is missing later.
  void reserve() { ++reserved_; }
  void withdraw() { --reserved_; }
  void start(SteadyTime now);  // one that was reserved

  bool untouched(SteadyTime now) const;  // as it was at first

 private:
  int64_t parts_at(SteadyTime now) const;

  int64_t gain_;
  int64_t cost_;
  int64_t full_;
  int64_t parts_;  // at counted_at_; below zero after starts that nobody asked for
  SteadyTime counted_at_;
  int64_t reserved_ = 0;
};

}  // namespace trunkd
