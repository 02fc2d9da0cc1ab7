// The request line (RFC 9112, 3), read by ourselves: llhttp is too tolerant here, and who speaks no
// HTTP at all is told so at the first wrong byte.

#pragma once

#include <optional>
#include <string_view>

#include "http/message_rules.h"

namespace trunkd {

// Fills method, target and version of a head, byte by byte or all at once. What follows each part
// is exactly one space or CRLF.
class RequestLine {
 public:
  RequestLine(RequestHead& head, size_t target_limit) : head_(head), target_limit_(target_limit) {}

  // Returns how many bytes it used: all, unless the line is complete or there is a violation.
  size_t read(std::string_view bytes);

  bool complete() const { return part_ == Part::complete; }
  const std::optional<Violation>& violation() const { return violation_; }

 private:
  enum class Part : uint8_t { method, target, version, complete };

  size_t read_method(std::string_view bytes);
  size_t read_target(std::string_view bytes);
  size_t read_version(std::string_view bytes);
  void judge_version();
  // Returns 0 so that a reading function can end with it.
  size_t refuse(ErrorKind kind, std::string_view detail);

  RequestHead& head_;
  const size_t target_limit_;
  std::optional<Violation> violation_;
  Part part_ = Part::method;
  uint8_t version_bytes_ = 0;
  char major_ = 0, minor_ = 0;
};

}  // namespace trunkd
