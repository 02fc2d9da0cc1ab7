// Interruption: Ctrl-C as an event, for commands that go on until somebody has seen enough.

#pragma once

#include <csignal>
#include <optional>

#include "base/clock.h"
#include "event/private_files.h"

namespace trunkd {

// While it lives, SIGINT, SIGTERM and SIGHUP do nothing but wake wait(). One at a time.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  enum class Woken { by_time, by_signal, by_descriptor };
  // Until `time` is over (none: without end), a signal comes, or `descriptor` (-1: none) becomes
  // readable or is hung up.
  Woken wait(std::optional<Duration> time, int descriptor = -1);

 private:
  sigset_t before_{};
  Descriptor signals_;
};

}  // namespace trunkd
