#include "session/retry_after.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "http/date.h"

namespace trunkd {
namespace {

// A reset from this number on is a time, not a number of seconds: that would be 30 years.
constexpr uint64_t kFirstEpochSecond = 1'000'000'000;
constexpr uint64_t kFirstEpochMillisecond = kFirstEpochSecond * 1000;

std::optional<Duration> as_pause(Duration time) {
  if (time <= Duration::zero()) return std::nullopt;
  return std::min(time, kLongestPause);
}

std::optional<Duration> pause_of_seconds(uint64_t seconds) {
  constexpr uint64_t kMost = std::chrono::seconds(24h).count();
  return as_pause(std::chrono::seconds(std::min(seconds, kMost)));
}

std::optional<Duration> pause_until(WallTime time, WallTime now) {
  // Compared before it is subtracted: a date may be thousands of years away.
  return time >= now + kLongestPause ? kLongestPause : as_pause(time - now);
}

// Digits, perhaps with a fraction, which counts as one more.
std::optional<uint64_t> seconds_in(std::string_view text) {
  const size_t point = text.find('.');
  const auto whole = parse_decimal(text.substr(0, point));
  if (!whole || point == std::string_view::npos) return whole;
  const std::string_view fraction = text.substr(point + 1);
  if (fraction.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  const bool more = fraction.find_first_not_of('0') != std::string_view::npos;
  return more && *whole < UINT64_MAX ? *whole + 1 : *whole;
}

std::optional<Duration> retry_after(const Headers& headers, WallTime now) {
  const auto field = headers.get("Retry-After");
  if (!field) return std::nullopt;
  const std::string_view text = trim(*field);
  if (const auto seconds = seconds_in(text)) return pause_of_seconds(*seconds);
  const auto date = parse_http_date(text);
  return date ? pause_until(*date, now) : std::nullopt;
}

std::optional<Duration> pause_of_reset(std::string_view text, WallTime now) {
  const auto reset = seconds_in(trim(text));
  if (!reset) return std::nullopt;
  if (*reset < kFirstEpochSecond) return pause_of_seconds(*reset);
  constexpr auto kMost = static_cast<uint64_t>(INT64_MAX / 1000);
  const auto number = static_cast<int64_t>(std::min(*reset, kMost));
  if (*reset >= kFirstEpochMillisecond) {
    return pause_until(WallTime(std::chrono::milliseconds(number)), now);
  }
  return pause_until(WallTime(std::chrono::seconds(number)), now);
}

std::optional<Duration> reset_if_none_remains(const Headers& headers, std::string_view remaining,
                                              std::string_view reset, WallTime now) {
  const auto left = headers.get(remaining);
  const auto time = headers.get(reset);
  if (!left || !time || parse_decimal(trim(*left)) != 0) return std::nullopt;
  return pause_of_reset(*time, now);
}

// Calls `use` with name and value of each `name=value` of a list member, without the quoted name
// that it may begin with.
template <typename Use>
void for_each_pair(std::string_view member, Use use) {
  bool quoted = false;
  size_t start = 0;
  for (size_t i = 0; i <= member.size(); ++i) {
    if (i < member.size()) {
      if (member[i] == '"') quoted = !quoted;
      if (quoted || member[i] != ';') continue;
    }
    const std::string_view pair = member.substr(start, i - start);
    start = i + 1;
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    use(trim(pair.substr(0, equals)), trim(pair.substr(equals + 1)));
  }
}

// The longest of all policies by which nothing remains.
std::optional<Duration> rate_limit(const Headers& headers, WallTime now) {
  std::optional<Duration> longest;
  std::optional<std::string_view> remaining, reset;  // of the older form, whose members are these
  const auto consider = [&](std::optional<std::string_view> left,
                            std::optional<std::string_view> time) {
    if (left && time && parse_decimal(*left) == 0) {
      longest = std::max(longest, pause_of_reset(*time, now));
    }
  };
  for (const Field field : headers) {
    if (!iequals(field.name, "RateLimit")) continue;
    for_each_member(field.value, [&](std::string_view member) {
      std::optional<std::string_view> left, time;
      for_each_pair(member, [&](std::string_view name, std::string_view value) {
        if (name == "r") left = value;
        if (name == "t") time = value;
        if (name == "remaining") remaining = value;
        if (name == "reset") reset = value;
      });
      consider(left, time);
      return true;
    });
  }
  consider(remaining, reset);
  return longest;
}

}  // namespace

std::optional<Duration> pause_asked(int status, const Headers& headers, WallTime now,
                                    const RetryConfig& retry) {
  if (status == 429 || status == 503) {
    if (const auto pause = retry_after(headers, now)) return pause;
  }
  if (!retry.rate_headers) return std::nullopt;
  if (const auto pause = rate_limit(headers, now)) return pause;
  if (const auto pause =
          reset_if_none_remains(headers, "RateLimit-Remaining", "RateLimit-Reset", now)) {
    return pause;
  }
  return reset_if_none_remains(headers, "X-RateLimit-Remaining", "X-RateLimit-Reset", now);
}

}  // namespace trunkd
