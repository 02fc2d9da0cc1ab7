#include "http/request_line.h"

#include <algorithm>

#include "http/characters.h"

namespace trunkd {
namespace {

// No registered method is longer; a longer token is unknown without seeing its end.
constexpr size_t kLongestMethod = 24;
constexpr std::string_view kVersionPattern = "HTTP/d.d\r\n";  // d: a digit

size_t count_leading(std::string_view bytes, const CharSet& set) {
  const auto end = std::find_if_not(bytes.begin(), bytes.end(), [&](char c) { return set.has(c); });
  return static_cast<size_t>(end - bytes.begin());
}

}  // namespace

size_t RequestLine::read(std::string_view bytes) {
  size_t used = 0;
  while (used < bytes.size() && !complete() && !violation_) {
    const std::string_view rest = bytes.substr(used);
    switch (part_) {
      case Part::method:
        used += read_method(rest);
        break;
      case Part::target:
        used += read_target(rest);
        break;
      case Part::version:
        used += read_version(rest);
        break;
      case Part::complete:
        break;
    }
  }
  return used;
}

size_t RequestLine::read_method(std::string_view bytes) {
  const size_t count = count_leading(bytes, kTokenChars);
  if (head_.method.size() + count > kLongestMethod) {
    return refuse(ErrorKind::unknown_method, "an unknown method");
  }
  head_.method.append(bytes.substr(0, count));
  if (count == bytes.size()) return count;
  if (bytes[count] != ' ' || head_.method.empty()) {
    return refuse(ErrorKind::malformed_request, "no method at the start of the request");
  }
  // HTTP/2's preface is judged by its target and version.
  if (!is_known_method(head_.method) && head_.method != "PRI") {
    return refuse(ErrorKind::unknown_method, "an unknown method");
  }
  part_ = Part::target;
  return count + 1;
}

size_t RequestLine::read_target(std::string_view bytes) {
  const size_t count = count_leading(bytes, kVisibleChars);
  if (head_.target.size() + count > target_limit_) {
    return refuse(ErrorKind::target_too_long, "the request target is too long");
  }
  head_.target.append(bytes.substr(0, count));
  if (count == bytes.size()) return count;
  if (bytes[count] == '\r' || bytes[count] == '\n') {
    return refuse(ErrorKind::malformed_request, "a request line without an HTTP version");
  }
  if (bytes[count] != ' ') {
    return refuse(ErrorKind::malformed_request, "an invalid byte in the request target");
  }
  violation_ = check_target(head_.method, head_.target);
  part_ = Part::version;
  return count + 1;
}

size_t RequestLine::read_version(std::string_view bytes) {
  size_t used = 0;
  while (used < bytes.size() && version_bytes_ < kVersionPattern.size()) {
    const char c = bytes[used++];
    const char expected = kVersionPattern[version_bytes_++];
    if (expected == 'd' ? !is_digit(c) : c != expected) {
      return refuse(ErrorKind::malformed_request,
                    "no valid HTTP version at the end of the request line");
    }
    if (expected == 'd') (major_ == 0 ? major_ : minor_) = c;
  }
  if (version_bytes_ == kVersionPattern.size()) judge_version();
  return used;
}

void RequestLine::judge_version() {
  if (major_ != '1') {
    refuse(ErrorKind::malformed_request, "an HTTP version but 1.0 and 1.1");
  } else if (minor_ > '1') {
    refuse(ErrorKind::unsupported_version, "an HTTP version but 1.0 and 1.1");
  } else {
    head_.minor_version = minor_ - '0';
    part_ = Part::complete;
  }
}

size_t RequestLine::refuse(ErrorKind kind, std::string_view detail) {
  violation_ = Violation{kind, detail};
  return 0;
}

}  // namespace trunkd
