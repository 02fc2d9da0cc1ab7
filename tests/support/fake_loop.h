// FakeLoop: a Scheduler whose time passes only when the test says so.

#pragma once

#include <algorithm>

#include "base/scheduler.h"

namespace trunkd {

// Behaves as the real loop between two events: timers in the order they are due, then everything
// that was deferred, until nothing is left.
class FakeLoop final : public Scheduler {
 public:
  SteadyTime now() const override { return now_; }
  WallTime wall_now() const override { return wall_; }

  // Runs what was deferred; time stands still.
  void run() { run_deferred(); }

  // Lets time pass. What is due on the way fires at its own time, what is due exactly at the end
  // too; deferred work runs before, in between and after.
  void advance(Duration by) {
    const SteadyTime end = now_ + by;
    run_deferred();
    while (has_timers() && earliest() <= end) {
      move_to(std::max(now_, earliest()));
      run_due(now_);
      run_deferred();
    }
    move_to(std::max(now_, end));
  }

  // From within an event: it takes so long, and nothing else happens meanwhile.
  void stall(Duration by) { move_to(now_ + by); }

  // Somebody sets the machine's clock; timers do not notice.
  void set_wall(WallTime wall) { wall_ = wall; }

 private:
  void on_earliest_changed() override {}
  void on_work_queued() override {}

  void move_to(SteadyTime time) {
    wall_ += time - now_;
    now_ = time;
  }

  SteadyTime now_{Duration(1000s)};          // not zero: that means "never"
  WallTime wall_{Duration(1'767'225'600s)};  // 2026-01-01T00:00:00Z
};

}  // namespace trunkd
