// Signals of the process as events of the loop.

#pragma once

#include <functional>
#include <memory>

#include "event/loop.h"

namespace trunkd {

class SignalWatch {
 public:
  virtual ~SignalWatch() = default;  // back to the default action
};

std::unique_ptr<SignalWatch> watch_signal(Loop& loop, int signal, std::function<void()> on_signal);

}  // namespace trunkd
