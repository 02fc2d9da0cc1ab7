// PacedGate: the gate of a session for one origin: its pause, and the buckets that a start takes
// from.

#pragma once

#include <array>
#include <cstddef>

#include "base/clock.h"
#include "pool/gate.h"
#include "session/token_bucket.h"

namespace trunkd {

// What pauses an origin, for all its gates.
struct OriginPause {
  SteadyTime until{};
  Duration longest_wait{};  // nobody waits for one of which more is left
};

class PacedGate final : public Gate {
 public:
  // `stopped`: nobody starts. Either bucket may be null. All must outlive the gate.
  PacedGate(const bool& stopped, const OriginPause& pause, TokenBucket* rate, TokenBucket* interval)
      : stopped_(stopped), pause_(pause), buckets_{rate, interval} {}

  bool admit(SteadyTime now) override;
  void reserve() override;
  void start(SteadyTime now) override;
  void withdraw() override;
  GateClosure closure(SteadyTime now) const override;

  bool in_use() const { return held() > 0 || reserved_ > 0; }

 private:
  const bool& stopped_;
  const OriginPause& pause_;
  const std::array<TokenBucket*, 2> buckets_;
  size_t reserved_ = 0;
};

}  // namespace trunkd
