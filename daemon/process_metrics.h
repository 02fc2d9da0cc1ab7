// What the system says of this process.

#pragma once

#include <cstdint>

#include "base/clock.h"

namespace trunkd {

struct ProcessMetrics {
  Duration cpu{};  // user and system
  uint64_t resident_bytes = 0;
  uint64_t open_descriptors = 0, max_descriptors = 0;
};

// Four short system calls, except on a Linux before 6.2: there each open descriptor is counted.
// What cannot be had stays 0.
ProcessMetrics process_metrics();

}  // namespace trunkd
