// How long an answer asks everybody to stay away: Retry-After, and the rate-limit fields.

#pragma once

#include <optional>

#include "base/clock.h"
#include "config/config.h"
#include "http/headers.h"

namespace trunkd {

// More is not believed: a mistaken date must not close an origin until the next restart.
inline constexpr Duration kLongestPause = 24h;

// Above zero, at most kLongestPause; none if no pause is asked for, or in a way that cannot be
// read.
//
// 429 and 503 pause with Retry-After (RFC 9110, 10.2.3: seconds or a date; a fraction of a second
// is rounded up). If retry.rate_headers, any answer pauses by which nothing remains: `RateLimit`
// (draft-ietf-httpapi-ratelimit-headers, `"name";r=0;t=30`, or as it was before, `limit=9,
// remaining=0, reset=30`), RateLimit-Remaining with RateLimit-Reset, X-RateLimit-Remaining with
// X-RateLimit-Reset; a reset is in seconds, or the time itself in seconds or milliseconds since
// 1970. Retry-After comes before these.
std::optional<Duration> pause_asked(int status, const Headers& headers, WallTime now,
                                    const RetryConfig& retry);

}  // namespace trunkd
