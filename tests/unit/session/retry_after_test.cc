#include "session/retry_after.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace trunkd {
namespace {

constexpr WallTime kNow{1'767'225'600s};  // Thu, 01 Jan 2026 00:00:00 GMT

struct RetryAfterRow {
  std::string fields;  // "Name: value", a line each
  int status;
  std::optional<Duration> without;  // rate headers
  std::optional<Duration> with;
};

Headers headers_of(const std::string& lines) {
  Headers headers;
  for (size_t start = 0; start < lines.size();) {
    const size_t end = std::min(lines.find('\n', start), lines.size());
    const size_t colon = lines.find(": ", start);
    headers.add(lines.substr(start, colon - start), lines.substr(colon + 2, end - colon - 2));
    start = end + 1;
  }
  return headers;
}

std::optional<Duration> asked(const RetryAfterRow& row, bool rate_headers) {
  RetryConfig retry;
  retry.rate_headers = rate_headers;
  return pause_asked(row.status, headers_of(row.fields), kNow, retry);
}

constexpr auto kNone = std::nullopt;

const std::vector<RetryAfterRow> kRetryAfterRows = {
    // Retry-After
    {"Retry-After: 2", 429, 2s, 2s},
    {"Retry-After: 2", 503, 2s, 2s},
    {"Retry-After: 2", 200, kNone, kNone},
    {"Retry-After: 2", 301, kNone, kNone},
    {"retry-after:  120 ", 429, 2min, 2min},
    {"Retry-After: 1.5", 429, 2s, 2s},
    {"Retry-After: 2.0", 429, 2s, 2s},
    {"Retry-After: 0", 429, kNone, kNone},
    {"Retry-After: -1", 429, kNone, kNone},
    {"Retry-After: 1e3", 429, kNone, kNone},
    {"Retry-After: 1.x", 429, kNone, kNone},
    {"Retry-After: soon", 429, kNone, kNone},
    {"Retry-After: ", 429, kNone, kNone},
    {"X-Other: 1", 429, kNone, kNone},
    {"X-Other: 1", 503, kNone, kNone},
    {"Retry-After: Thu, 01 Jan 2026 00:00:30 GMT", 429, 30s, 30s},
    {"Retry-After: Thursday, 01-Jan-26 00:00:30 GMT", 429, 30s, 30s},
    {"Retry-After: Wed, 31 Dec 2025 23:59:30 GMT", 429, kNone, kNone},
    {"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", 429, kLongestPause, kLongestPause},
    {"Retry-After: 18446744073709551615", 429, kLongestPause, kLongestPause},
    {"Retry-After: 99999999999999999999999", 429, kNone, kNone},
    // RateLimit
    {"RateLimit: \"default\";r=0;t=30", 200, kNone, 30s},
    {"RateLimit: \"default\"; r=0; t=30", 429, kNone, 30s},
    {"RateLimit: \"default\";r=1;t=30", 200, kNone, kNone},
    {"RateLimit: \"default\";r=0", 200, kNone, kNone},
    {"RateLimit: \"a;r=0\";r=5;t=9", 200, kNone, kNone},
    {"RateLimit: \"short\";r=0;t=2, \"long\";r=0;t=60, \"day\";r=7;t=3600", 200, kNone, 1min},
    {"RateLimit: limit=10, remaining=0, reset=5", 200, kNone, 5s},
    {"RateLimit: limit=10, remaining=3, reset=5", 200, kNone, kNone},
    {"RateLimit: r=0;t=", 200, kNone, kNone},
    {"RateLimit: \"unterminated;r=0;t=3", 200, kNone, kNone},
    {"RateLimit-Remaining: 0\nRateLimit-Reset: 7", 200, kNone, 7s},
    {"RateLimit-Remaining: 1\nRateLimit-Reset: 7", 200, kNone, kNone},
    {"RateLimit-Remaining: 0", 200, kNone, kNone},
    {"X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 12", 403, kNone, 12s},
    {"x-ratelimit-remaining: 0\nx-ratelimit-reset: 1767225660", 403, kNone, 1min},
    {"x-ratelimit-remaining: 0\nx-ratelimit-reset: 1767225660.5", 403, kNone, 61s},
    {"x-ratelimit-remaining: 0\nx-ratelimit-reset: 1767225600250", 403, kNone, 250ms},
    {"x-ratelimit-remaining: 0\nx-ratelimit-reset: 1767225500", 403, kNone, kNone},
    {"x-ratelimit-remaining: 0\nx-ratelimit-reset: 18446744073709551615", 403, kNone,
     kLongestPause},
    // Retry-After comes first
    {"Retry-After: 2\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 12", 429, 2s, 2s},
    {"Retry-After: no\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 12", 429, kNone, 12s},
};

TEST(RetryAfterTest, AsksForAPauseOrDoesNot) {
  for (const RetryAfterRow& row : kRetryAfterRows) {
    EXPECT_EQ(asked(row, false), row.without) << row.status << ' ' << row.fields;
    EXPECT_EQ(asked(row, true), row.with) << row.status << ' ' << row.fields;
  }
}

}  // namespace
}  // namespace trunkd
