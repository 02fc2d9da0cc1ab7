#include "http/date.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace trunkd {
namespace {

namespace chrono = std::chrono;

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Takes a date apart from left to right; every step says whether it found what it looked for. The
// grammar is case-sensitive (RFC 9110, 5.6.7).
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool literal(std::string_view expected) {
    if (rest_.substr(0, expected.size()) != expected) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  template <size_t N>
  bool one_of(const std::array<std::string_view, N>& words, unsigned& index) {
    for (index = 0; index < N; ++index) {
      if (literal(words[index])) return true;
    }
    return false;
  }

  bool digits(size_t count, int& number) {
    if (rest_.size() < count) return false;
    number = 0;
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return false;
      number = number * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return true;
  }

  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

struct Parts {
  int year = 0, day = 0, hour = 0, minute = 0, second = 0;
  unsigned month = 0;  // from 0
};

bool read_time(Reader& in, Parts& parts) {
  return in.digits(2, parts.hour) && in.literal(":") && in.digits(2, parts.minute) &&
         in.literal(":") && in.digits(2, parts.second);
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
bool read_imf_fixdate(Reader in, Parts& parts) {
  unsigned weekday = 0;
  return in.one_of(kDays, weekday) && in.literal(", ") && in.digits(2, parts.day) &&
         in.literal(" ") && in.one_of(kMonths, parts.month) && in.literal(" ") &&
         in.digits(4, parts.year) && in.literal(" ") && read_time(in, parts) &&
         in.literal(" GMT") && in.at_end();
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
bool read_rfc850(Reader in, Parts& parts) {
  unsigned weekday = 0;
  return in.one_of(kLongDays, weekday) && in.literal(", ") && in.digits(2, parts.day) &&
         in.literal("-") && in.one_of(kMonths, parts.month) && in.literal("-") &&
         in.digits(2, parts.year) && in.literal(" ") && read_time(in, parts) &&
         in.literal(" GMT") && in.at_end();
}

// "Sun Nov  6 08:49:37 1994"
bool read_asctime(Reader in, Parts& parts) {
  unsigned weekday = 0;
  return in.one_of(kDays, weekday) && in.literal(" ") && in.one_of(kMonths, parts.month) &&
         in.literal(" ") && (in.literal(" ") ? in.digits(1, parts.day) : in.digits(2, parts.day)) &&
         in.literal(" ") && read_time(in, parts) && in.literal(" ") && in.digits(4, parts.year) &&
         in.at_end();
}

std::optional<WallTime> to_time(const Parts& parts) {
  const chrono::year_month_day date{chrono::year(parts.year), chrono::month(parts.month + 1),
                                    chrono::day(static_cast<unsigned>(parts.day))};
  // 60 is a leap second.
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 60) return std::nullopt;
  return WallTime(chrono::sys_days(date)) + chrono::hours(parts.hour) +
         chrono::minutes(parts.minute) + chrono::seconds(parts.second);
}

}  // namespace

std::string format_http_date(WallTime time) {
  const auto days = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(days);
  const chrono::hh_mm_ss clock(chrono::floor<chrono::seconds>(time - days));
  std::array<char, 64> text;
  const int size = std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
      kDays[chrono::weekday(days).c_encoding()].data(), static_cast<unsigned>(date.day()),
      kMonths[static_cast<unsigned>(date.month()) - 1].data(), static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<size_t>(size)};
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  Parts parts;
  if (read_imf_fixdate(Reader(text), parts) || read_asctime(Reader(text), parts)) {
    return to_time(parts);
  }
  if (!read_rfc850(Reader(text), parts)) return std::nullopt;
  // Two digits, and no clock here to say which century is the recent one: the pivot of POSIX.
  parts.year += parts.year < 69 ? 2000 : 1900;
  return to_time(parts);
}

}  // namespace trunkd
