#include "event/loop_lag.h"

#include <algorithm>

namespace trunkd {

LoopLag::LoopLag(Scheduler& scheduler)
    : scheduler_(scheduler),
      window_ends_(scheduler.now() + kWindow),
      timer_(scheduler, [this] { on_due(); }) {
  start_next(scheduler.now());
}

Duration LoopLag::recent_max() const { return std::max(max_[0], max_[1]); }

void LoopLag::on_due() {
  const SteadyTime now = scheduler_.now();
  const Duration late = now - timer_.due();
  histogram_.observe(late);
  if (now >= window_ends_) {
    max_[1] = now < window_ends_ + kWindow ? max_[0] : Duration{};
    max_[0] = {};
    window_ends_ = now + kWindow;
  }
  max_[0] = std::max(max_[0], late);
  start_next(now);
}

// On a whole millisecond: the loop rounds others up to the next, and that is no lag.
void LoopLag::start_next(SteadyTime now) {
  timer_.start_at(std::chrono::ceil<std::chrono::milliseconds>(now + kEvery));
}

}  // namespace trunkd
