#include "http/status_line.h"

#include <algorithm>

#include "http/characters.h"

namespace trunkd {
namespace {

// v: 0 or 1; c: 1 to 5, the class; d: a digit
constexpr std::string_view kPattern = "HTTP/1.v cdd";

constexpr bool fits(char pattern, char c) {
  switch (pattern) {
    case 'v':
      return c == '0' || c == '1';
    case 'c':
      return c >= '1' && c <= '5';
    case 'd':
      return is_digit(c);
    default:
      return c == pattern;
  }
}

}  // namespace

size_t StatusLine::read(std::string_view bytes) {
  size_t used = 0;
  while (used < bytes.size() && !complete() && !violation_) {
    const char c = bytes[used];
    switch (part_) {
      case Part::version_and_status:
        used += read_version_and_status(bytes.substr(used));
        break;
      case Part::space:
        expect(c == ' ' || c == '\r', c == ' ' ? Part::reason : Part::line_feed);
        ++used;
        break;
      case Part::reason:
        used += read_reason(bytes.substr(used));
        break;
      case Part::line_feed:
        expect(c == '\n', Part::complete);
        ++used;
        break;
      case Part::complete:
        break;
    }
  }
  return used;
}

void StatusLine::restart() {
  part_ = Part::version_and_status;
  position_ = 0;
}

size_t StatusLine::read_version_and_status(std::string_view bytes) {
  size_t used = 0;
  while (used < bytes.size() && position_ < kPattern.size()) {
    const char c = bytes[used++];
    const char pattern = kPattern[position_++];
    if (!fits(pattern, c)) {
      expect(false, part_);
      return used;
    }
    if (pattern == 'v') head_.minor_version = c - '0';
    if (pattern == 'c' || pattern == 'd') head_.status = head_.status * 10 + (c - '0');
  }
  if (position_ == kPattern.size()) part_ = Part::space;
  return used;
}

size_t StatusLine::read_reason(std::string_view bytes) {
  const auto end = std::find_if_not(bytes.begin(), bytes.end(), is_text_char);
  const auto count = static_cast<size_t>(end - bytes.begin());
  head_.reason.append(bytes.substr(0, count));
  if (head_.reason.size() > reason_limit_) {
    violation_ = Violation{ErrorKind::bad_response, "the status line is too long"};
    return count;
  }
  if (count == bytes.size()) return count;
  expect(bytes[count] == '\r', Part::line_feed);
  return count + 1;
}

void StatusLine::expect(bool as_expected, Part next) {
  if (as_expected) {
    part_ = next;
  } else {
    violation_ = Violation{ErrorKind::bad_response, "no valid HTTP/1 status line"};
  }
}

}  // namespace trunkd
