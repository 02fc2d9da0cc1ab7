// How many connections an origin has accepted, has open, and had open at most.

#pragma once

#include <algorithm>
#include <cstdint>

#include "base/task_queue.h"

namespace trunkd {

// The maximum is taken after the events that arrived together have all been handled: a peer that
// closes one connection and then opens another has never had both, in whatever order the loop hears
// of it.
class ConnectionCount {
 public:
  explicit ConnectionCount(TaskQueue& queue)
      : settle_(queue, [this] { max_open_ = std::max(max_open_, open_); }) {}

  void opened() {
    ++accepted_;
    ++open_;
    settle_.schedule();
  }
  void closed() { --open_; }

  uint64_t accepted() const { return accepted_; }
  uint64_t open() const { return open_; }
  uint64_t max_open() const { return max_open_; }

 private:
  uint64_t accepted_ = 0;
  uint64_t open_ = 0;
  uint64_t max_open_ = 0;
  DeferredCall settle_;
};

}  // namespace trunkd
