// The only source of "now". Nothing else asks the system for the time, so tests own it.

#pragma once

#include <chrono>

namespace trunkd {

using namespace std::chrono_literals;  // 250ms, 5s: the units of the configuration

using Duration = std::chrono::microseconds;
// Never goes backwards; its zero means nothing.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

class Clock {
 public:
  virtual SteadyTime now() const = 0;
  virtual WallTime wall_now() const = 0;

 protected:
  ~Clock() = default;
};

}  // namespace trunkd
