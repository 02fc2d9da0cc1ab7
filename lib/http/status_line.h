// The status line (RFC 9112, 4), read by ourselves: what is no HTTP/1 is known at the first wrong
// byte.

#pragma once

#include <optional>
#include <string_view>

#include "http/message_rules.h"

namespace trunkd {

// Fills version, status and reason of a head, byte by byte or all at once. A missing space before
// an empty reason is forgiven, as everybody does; nothing else.
class StatusLine {
 public:
  StatusLine(ResponseHead& head, size_t reason_limit) : head_(head), reason_limit_(reason_limit) {}

  // Returns how many bytes it used: all, unless the line is complete or there is a violation.
  size_t read(std::string_view bytes);

  bool complete() const { return part_ == Part::complete; }
  const std::optional<Violation>& violation() const { return violation_; }
  void restart();  // for the next response; the head is the caller's to clear

 private:
  enum class Part : uint8_t { version_and_status, space, reason, line_feed, complete };

  size_t read_version_and_status(std::string_view bytes);
  size_t read_reason(std::string_view bytes);
  void expect(bool as_expected, Part next);

  ResponseHead& head_;
  const size_t reason_limit_;
  std::optional<Violation> violation_;
  Part part_ = Part::version_and_status;
  uint8_t position_ = 0;
};

}  // namespace trunkd
