#include "pool/origin_health.h"

#include <algorithm>
#include <cstdint>

namespace trunkd {
namespace {

constexpr Duration kFirstPause = 500ms;
constexpr size_t kDoublings = 6;  // 32 s

// A part of it is random, so that many daemons do not come back to an origin together.
Duration pause_after(size_t probes, SteadyTime now) {
  const Duration whole = kFirstPause * (1 << std::min(probes, kDoublings));
  const auto share = static_cast<uint32_t>(now.time_since_epoch().count()) * 2654435769U;
  return whole - whole / 4 * (share >> 16) / 65536;
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
