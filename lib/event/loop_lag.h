// LoopLag: how late the loop is. Once a second it compares when a timer was due with when it was
// called: what lies between is what everything else that waits for the loop waits too.

#pragma once

#include <array>

#include "base/duration_histogram.h"
#include "base/scheduler.h"

namespace trunkd {

class LoopLag {
 public:
  // `scheduler` must outlive it.
  explicit LoopLag(Scheduler& scheduler);

  const DurationHistogram& histogram() const { return histogram_; }
  // The most within the last minute at least, and the last two at most.
  Duration recent_max() const;

  static constexpr Duration kEvery = 1s;
  static constexpr Duration kWindow = 1min;

 private:
  void on_due();
  void start_next(SteadyTime now);

  const Scheduler& scheduler_;
  DurationHistogram histogram_;
  std::array<Duration, 2> max_{};  // of this window and of the one before
  SteadyTime window_ends_;
  Timer timer_;
};

}  // namespace trunkd
