#include "session/paced_gate.h"

#include <algorithm>

namespace trunkd {

bool PacedGate::admit(SteadyTime now) {
  if (stopped_ || pause_.until > now) return false;
  for (const TokenBucket* bucket : buckets_) {
    if (bucket != nullptr && !bucket->has(now)) return false;
  }
  reserve();
  return true;
}

void PacedGate::reserve() {
  ++reserved_;
  for (TokenBucket* bucket : buckets_) {
    if (bucket != nullptr) bucket->reserve();
  }
}

void PacedGate::start(SteadyTime now) {
  --reserved_;
  for (TokenBucket* bucket : buckets_) {
    if (bucket != nullptr) bucket->start(now);
  }
}

void PacedGate::withdraw() {
  --reserved_;
  for (TokenBucket* bucket : buckets_) {
    if (bucket != nullptr) bucket->withdraw();
  }
}

GateClosure PacedGate::closure(SteadyTime now) const {
  if (stopped_) return {GateClosure::Cause::stopped, SteadyTime::max(), false};
  SteadyTime by_rate = now;
  for (const TokenBucket* bucket : buckets_) {
    if (bucket != nullptr) by_rate = std::max(by_rate, bucket->has_at(now));
  }
  if (pause_.until <= by_rate) return {GateClosure::Cause::rate, by_rate, false};
  return {GateClosure::Cause::pause, pause_.until, pause_.until - now > pause_.longest_wait};
}

}  // namespace trunkd
