// OriginHealth: whether connections to one origin can be opened at all.

#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "base/error.h"

namespace trunkd {

// After several failures in a row the origin is failing: who asks for it is told so at once, and
// only now and then one is let through to see whether it is back. The time between such probes
// doubles up to half a minute, with jitter.
class OriginHealth {
 public:
  static constexpr size_t kPatience = 3;  // failures in a row

  void opened() { failures_ = probes_ = 0; }
  // `started`: when its opening began. Failures of connections that were opened together make the
  // time between probes no longer.
  void failed(const Error& error, SteadyTime started, SteadyTime now);

  bool failing() const { return failures_ >= kPatience; }
  SteadyTime next_probe() const { return next_probe_; }
  const Error& last_error() const { return last_error_; }

 private:
  size_t failures_ = 0;
  size_t probes_ = 0;  // that failed
  Error last_error_;
  SteadyTime last_failure_ = SteadyTime::min();
  SteadyTime next_probe_ = SteadyTime::min();
};

}  // namespace trunkd
