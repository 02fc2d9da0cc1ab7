#include "pool/idle_history.h"

#include <algorithm>

namespace trunkd {
namespace {

constexpr Duration kLeastProven = 50ms;
// A learned limit has doubled after so long, and after a failure an open connection proves nothing.
constexpr Duration kMemory = 10min;
// What happens within so long has one cause.
constexpr Duration kAtOnce = 1s;

// How much earlier than the origin we close: its clock started when its answer left, and a request
// must still reach it.
Duration less_margin(Duration limit) { return limit - std::min<Duration>(limit / 4, 1s); }

}  // namespace

void IdleHistory::open_after(Duration idle, SteadyTime now) {
  if (idle > proven_ && !is_doubted(now)) raise(idle);
}

// In steps: one lucky connection does not stand for all.
void IdleHistory::raise(Duration survived) {
  proven_ = std::min(survived + survived / 10, 2 * proven_);
}

void IdleHistory::closed_after(Duration idle, SteadyTime now) {
  if (limit_ > Duration::zero() && idle < limit_ - limit_ / 5) {  // no fixed limit after all
    limit_ = {};
    closes_ = 0;
  }
  if (closed_at_ != SteadyTime::min() && now - closed_at_ < kAtOnce) return;
  closed_at_ = now;
  closed_[closes_++ % kAlike] = idle;
  if (closes_ < kAlike) return;
  const auto [least, most] = std::minmax_element(closed_.begin(), closed_.end());
  if (*most > *least + *least / 5 + 100ms) return;
  limit_ = less_margin(*least);
  learned_at_ = now;
}

void IdleHistory::failed_after(Duration idle, SteadyTime now) {
  if (idle == Duration::zero()) return;
  const bool is_first = failed_at_ == SteadyTime::min() || now - failed_at_ >= kAtOnce;
  if (is_first) {
    failed_at_ = now;
    proven_before_ = proven(now);
  }
  const Duration half = std::max<Duration>(std::min(idle, proven_before_) / 2, kLeastProven);
  proven_ = is_first ? half : std::min(proven_, half);
  doubted_until_ = now + kMemory;
}

Duration IdleHistory::longest_idle(SteadyTime now) const {
  Duration longest = hint_ > Duration::zero() ? less_margin(hint_) : Duration::max();
  if (limit_ > Duration::zero()) {
    const auto minutes_old = std::chrono::duration_cast<std::chrono::minutes>(now - learned_at_);
    longest = std::min(longest, limit_ + limit_ * minutes_old.count() / 10);
  }
  return longest;
}

Duration IdleHistory::proven(SteadyTime now) const {
  const bool trusts_hint = hint_ > Duration::zero() && !is_doubted(now);
  const Duration proven = trusts_hint ? std::max(proven_, less_margin(hint_)) : proven_;
  return std::min(proven, longest_idle(now));
}

}  // namespace trunkd
