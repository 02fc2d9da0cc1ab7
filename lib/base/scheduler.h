// What an object that waits needs to know of the event loop: the time, timers, and "later". The
// loop implements it; tests use a fake one that they advance by hand.

#pragma once

#include "base/clock.h"
#include "base/task_queue.h"
#include "base/timers.h"

namespace trunkd {

class Scheduler : public Clock, public Timers, public TaskQueue {
 protected:
  Scheduler() = default;
  ~Scheduler() = default;
};

}  // namespace trunkd
