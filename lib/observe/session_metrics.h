// SessionMetrics: what is counted of one session, from the start of the process on. Plain numbers
// of the loop's thread: counting neither locks nor allocates (docs/metrics.md).

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/duration_histogram.h"
#include "base/error.h"

namespace trunkd {

inline constexpr size_t kErrorKinds = static_cast<size_t>(ErrorKind::internal) + 1;

// One count for each ErrorKind.
class ErrorCounts {
 public:
  void add(ErrorKind kind) { ++counts_[static_cast<size_t>(kind)]; }
  uint64_t of(ErrorKind kind) const { return counts_[static_cast<size_t>(kind)]; }
  uint64_t all() const {
    uint64_t sum = 0;
    for (const uint64_t one : counts_) sum += one;
    return sum;
  }

 private:
  std::array<uint64_t, kErrorKinds> counts_{};
};

// Answers by the first digit of their status; 0 is for one that is none of HTTP's five.
class StatusCounts {
 public:
  static constexpr size_t kClasses = 6;

  void add(int status) {
    const auto first_digit = static_cast<size_t>(status < 0 ? 0 : status / 100);
    ++counts_[first_digit < kClasses ? first_digit : 0];
  }
  uint64_t of_class(size_t first_digit) const { return counts_[first_digit]; }
  uint64_t all() const {
    uint64_t sum = 0;
    for (const uint64_t one : counts_) sum += one;
    return sum;
  }

 private:
  std::array<uint64_t, kClasses> counts_{};
};

// What became of the opening of connections. Of the pool that a session owns.
struct OpeningMetrics {
  DurationHistogram dns, connect,
      tls;  // of those that were opened; tls: where there was a handshake
  ErrorCounts failed;
  uint64_t handshakes_full = 0, handshakes_resumed = 0;
  uint64_t handshakes_failed = 0;                      // by certificate or protocol
  uint64_t tls_files_used = 0, tls_files_refused = 0;  // changed files, read again
};

// Every request counts once as begun and once as ended: answered, by the origin or by us, or
// aborted. So requests == from_origin + from_us + aborted + active at every moment between two
// events of the loop.
struct SessionMetrics {
  uint64_t requests = 0;  // that were found to be this session's
  uint64_t active = 0;
  StatusCounts from_origin, from_us;  // whole answers
  ErrorCounts errors;                 // of `from_us`, those that tell of one
  ErrorCounts aborted;                // no answer, or not a whole one

  uint64_t tunnels = 0, tunnels_active = 0;  // of the requests
  DurationHistogram total;                   // of the answered, tunnels excepted
  DurationHistogram queue, first_byte;       // of the last attempt of each that got a connection
  uint64_t bytes_in = 0, bytes_out = 0;      // of bodies and tunnels, without framing

  uint64_t retries_connect = 0, retries_status = 0, retries_replay = 0;
  uint64_t redirects = 0;  // followed
  // Kept connections that turned out to be dead: before anything was sent on them, or by the loss
  // of a request, which was then sent again or not.
  uint64_t stale_replaced = 0, stale_replayed = 0, stale_failed = 0;
  uint64_t pauses = 0;  // that an origin asked for
  uint64_t cookies_stored = 0;

  OpeningMetrics opening;
};

}  // namespace trunkd
