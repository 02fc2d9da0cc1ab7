#include "session/token_bucket.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace trunkd {
namespace {

constexpr uint64_t kMostCount = 1'000'000'000'000;
// Of parts in a full bucket: leaves room for what is reserved beyond.
constexpr int64_t kMostParts = std::numeric_limits<int64_t>::max() / 4;

int64_t divided_up(int64_t amount, int64_t by) { return amount / by + (amount % by > 0 ? 1 : 0); }

}  // namespace

TokenBucket::TokenBucket(uint64_t count, Duration per, uint64_t burst, SteadyTime now)
    : counted_at_(now) {
  const auto starts = static_cast<int64_t>(std::min(count, kMostCount));
  const int64_t common = std::gcd(starts, per.count());
  gain_ = starts / common;
  cost_ = per.count() / common;
  const auto most_starts = static_cast<uint64_t>(kMostParts / cost_);
  // A start comes up to a microsecond later than the parts for it; what came in meanwhile is kept.
  full_ = cost_ * static_cast<int64_t>(std::min(burst, most_starts)) + gain_ - 1;
  parts_ = full_;
}

int64_t TokenBucket::parts_at(SteadyTime now) const {
  const int64_t elapsed = (now - counted_at_).count();
  if (elapsed >= divided_up(full_ - parts_, gain_)) return full_;
  return parts_ + elapsed * gain_;
}

SteadyTime TokenBucket::has_at(SteadyTime now) const {
  // Where more is reserved than the bucket can hold this time comes too early, since it does not
  // fill any further: asked again then, it says a later one.
  const int64_t missing = (reserved_ + 1) * cost_ - parts_at(now);
  return missing <= 0 ? now : now + Duration(divided_up(missing, gain_));
}

void TokenBucket::start(SteadyTime now) {
  parts_ = parts_at(now) - cost_;
  counted_at_ = now;
  --reserved_;
}

bool TokenBucket::untouched(SteadyTime now) const {
  return reserved_ == 0 && parts_at(now) == full_;
}

}  // namespace trunkd
