#include "pool/origin_health.h"

#include <algorithm>
#include <cstdint>

#include "base/spread.h"

namespace trunkd {
namespace {

constexpr Duration kFirstPause = 500ms;
constexpr size_t kDoublings = 6;  // 32 s

// A part of it is random, so that many daemons do not come back to an origin together.
Duration pause_after(size_t probes, SteadyTime now) {
  const Duration whole = kFirstPause * (1 << std::min(probes, kDoublings));
  return whole - spread(whole / 4, static_cast<uint64_t>(now.time_since_epoch().count()));
}

}  // namespace

void OriginHealth::failed(const Error& error, SteadyTime started, SteadyTime now) {
  last_error_ = error;
  if (failures_ < kPatience) {
    ++failures_;
  } else if (started > last_failure_) {
    ++probes_;
  }
  last_failure_ = now;
  if (failing()) next_probe_ = now + pause_after(probes_, now);
}

}  // namespace trunkd
