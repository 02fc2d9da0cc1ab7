// What a pool counts by reason: connections that are no more, requests that got none.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>

namespace trunkd {

// Why a connection that had been opened is no more.
enum class CloseReason : uint8_t {
  idle,         // idle for as long as is allowed, or as the origin is known to keep it
  age,          // keepalive.max_age
  requests,     // keepalive.max_requests
  ended_idle,   // by the origin, while nobody had it
  said_close,   // the origin had said so with its last answer
  broken,       // it ended within an exchange, or the exchange was broken off
  stale,        // it had ended before the request that was given it, which got a new one
  tunnel,       // it was one, or became one
  made_room,    // for another origin, or for a request that needed a new one
  over_limit,   // the limits were lowered
  retired,      // its origin has left the address
  drained,      // the pool was told to end
  reconnected,  // an operator wants new ones
};

// The words of metrics, in the order of the enum.
inline constexpr std::array<std::string_view, 13> kCloseReasons = {
    "idle",   "age",       "requests",   "ended_idle", "said_close", "broken",     "stale",
    "tunnel", "made_room", "over_limit", "retired",    "drained",    "reconnected"};
static_assert(kCloseReasons.size() == static_cast<size_t>(CloseReason::reconnected) + 1);

// Why a request got no connection although nothing was wrong with any.
enum class Rejection : uint8_t {
  queue_full,
  queue_timeout,
  rate,      // it would have had to wait too long for its turn
  pause,     // the same for the end of an origin's pause
  failing,   // none can be opened to the origin at present
  draining,  // the pool was told to end
};

inline constexpr std::array<std::string_view, 6> kRejections = {
    "queue_full", "queue_timeout", "rate", "pause", "failing", "draining"};
static_assert(kRejections.size() == static_cast<size_t>(Rejection::draining) + 1);

// One count for each value of such an enum.
template <typename Reason, size_t kSize>
class ReasonCounts {
 public:
  void add(Reason reason) { ++counts_[static_cast<size_t>(reason)]; }
  uint64_t of(Reason reason) const { return counts_[static_cast<size_t>(reason)]; }
  uint64_t all() const { return std::accumulate(counts_.begin(), counts_.end(), uint64_t{0}); }

 private:
  std::array<uint64_t, kSize> counts_{};
};

using CloseCounts = ReasonCounts<CloseReason, kCloseReasons.size()>;
using RejectionCounts = ReasonCounts<Rejection, kRejections.size()>;

}  // namespace trunkd
