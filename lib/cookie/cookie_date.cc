#include "cookie/cookie_date.h"

#include <array>

#include "base/text.h"
#include "http/characters.h"

namespace trunkd {
namespace {

namespace chrono = std::chrono;

constexpr CharSet kDelimiters = CharSet()
                                    .add("\t")
                                    .add_range(0x20, 0x2f)
                                    .add_range(0x3b, 0x40)
                                    .add_range(0x5b, 0x60)
                                    .add_range(0x7b, 0x7e);
constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};

struct Time {
  int hour = 0, minute = 0, second = 0;
};

// Takes a number of `least` to `most` digits off the front of `rest`. More digits than that are no
// number of that size: "012" is no day.
std::optional<int> take_number(std::string_view& rest, size_t least, size_t most) {
  size_t size = 0;
  int number = 0;
  while (size < rest.size() && is_digit(rest[size])) {
    if (size == most) return std::nullopt;
    number = number * 10 + (rest[size] - '0');
    ++size;
  }
  if (size < least) return std::nullopt;
  rest.remove_prefix(size);
  return number;
}

bool take_colon(std::string_view& rest) {
  if (rest.empty() || rest.front() != ':') return false;
  rest.remove_prefix(1);
  return true;
}

// What follows the last digit of a time, a day or a year is ignored.
std::optional<Time> read_time(std::string_view token) {
  const auto hour = take_number(token, 1, 2);
  if (!hour || !take_colon(token)) return std::nullopt;
  const auto minute = take_number(token, 1, 2);
  if (!minute || !take_colon(token)) return std::nullopt;
  const auto second = take_number(token, 1, 2);
  if (!second) return std::nullopt;
  return Time{*hour, *minute, *second};
}

std::optional<int> read_day(std::string_view token) { return take_number(token, 1, 2); }
std::optional<int> read_year(std::string_view token) { return take_number(token, 2, 4); }

std::optional<unsigned> read_month(std::string_view token) {
  for (unsigned index = 0; index < kMonths.size(); ++index) {
    if (istarts_with(token, kMonths[index])) return index + 1;
  }
  return std::nullopt;
}

struct Parts {
  std::optional<Time> time;
  std::optional<int> day;
  std::optional<unsigned> month;
  std::optional<int> year;

  // A token is the first part that it can be and that is not there yet.
  void add(std::string_view token) {
    if (!time && (time = read_time(token))) return;
    if (!day && (day = read_day(token))) return;
    if (!month && (month = read_month(token))) return;
    if (!year) year = read_year(token);
  }
};

int full_year(int year) {
  if (year >= 70 && year <= 99) return year + 1900;
  return year <= 69 ? year + 2000 : year;
}

std::optional<WallTime> to_time(const Parts& parts) {
  if (!parts.time || !parts.day || !parts.month || !parts.year) return std::nullopt;
  const auto [hour, minute, second] = *parts.time;
  const chrono::year_month_day date{chrono::year(full_year(*parts.year)),
                                    chrono::month(*parts.month),
                                    chrono::day(static_cast<unsigned>(*parts.day))};
  if (!date.ok() || date.year() < chrono::year(1601)) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return WallTime(chrono::sys_days(date)) + chrono::hours(hour) + chrono::minutes(minute) +
         chrono::seconds(second);
}

}  // namespace

std::optional<WallTime> parse_cookie_date(std::string_view text) {
  Parts parts;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && !kDelimiters.has(text[end])) ++end;
    if (end > at) parts.add(text.substr(at, end - at));
    at = end + 1;
  }
  return to_time(parts);
}

}  // namespace trunkd
