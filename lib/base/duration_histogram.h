// DurationHistogram: how often something took how long, in fixed buckets. Plain counters: observing
// neither locks nor allocates.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace trunkd {

class DurationHistogram {
 public:
  // The upper ends of the buckets, each included in its own; one more bucket is for all above.
  static constexpr std::array kBounds = {
      Duration(500us), Duration(1ms),   Duration(2500us), Duration(5ms),
      Duration(10ms),  Duration(25ms),  Duration(50ms),   Duration(100ms),
      Duration(250ms), Duration(500ms), Duration(1s),     Duration(2500ms),
      Duration(5s),    Duration(10s),   Duration(30s),    Duration(60s)};

  void observe(Duration time) {
    size_t bucket = 0;
    while (bucket < kBounds.size() && time > kBounds[bucket]) ++bucket;
    ++counts_[bucket];
    sum_ += time;
  }

  // How many fell into each bucket, not into those below it too.
  const std::array<uint64_t, kBounds.size() + 1>& counts() const { return counts_; }
  Duration sum() const { return sum_; }
  uint64_t count() const {
    uint64_t all = 0;
    for (const uint64_t one : counts_) all += one;
    return all;
  }

 private:
  std::array<uint64_t, kBounds.size() + 1> counts_{};
  Duration sum_{};
};

}  // namespace trunkd
