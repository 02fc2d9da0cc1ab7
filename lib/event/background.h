// Work for libuv's thread pool, with its end told on the loop.

#pragma once

#include <functional>
#include <memory>

#include "event/loop.h"

namespace trunkd {

// Destroying it means that nobody wants to hear of the end; the work itself goes on if it has
// begun.
class BackgroundWork {
 public:
  virtual ~BackgroundWork() = default;
};

// `work` runs on another thread and must own all that it touches; `done` comes later, on the loop,
// and may destroy the returned object.
std::unique_ptr<BackgroundWork> run_in_background(Loop& loop, std::function<void()> work,
                                                  std::function<void()> done);

}  // namespace trunkd
