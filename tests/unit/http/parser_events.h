// What a parser says, as text: two runs are compared by it, and a test reads like a log.

#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/request_parser.h"
#include "http/response_parser.h"

namespace trunkd {

inline std::string describe(const Headers& headers) {
  std::string text;
  for (const Field field : headers) {
    text.append("[").append(field.name).append(": ").append(field.value).append("]");
  }
  return text;
}

inline std::string describe(const BodyFraming& framing) {
  switch (framing.kind) {
    case Framing::none:
      return "none";
    case Framing::length:
      return "length " + std::to_string(framing.length);
    case Framing::chunked:
      return "chunked";
    case Framing::until_close:
      return "until close";
  }
  return "?";
}

// Adjacent body events are joined: where the payload is cut is nobody's business.
class EventLog {
 public:
  void add(std::string event) {
    events.push_back(std::move(event));
    in_body_ = false;
  }
  void add_body(std::string_view bytes) {
    if (!in_body_) events.emplace_back("body ");
    in_body_ = true;
    events.back().append(bytes);
  }

  std::vector<std::string> events;

 private:
  bool in_body_ = false;
};

struct RequestLog : RequestListener, EventLog {
  void on_request_head(RequestHead&& head) override {
    add("head " + head.method + " " + head.target + " 1." + std::to_string(head.minor_version) +
        (head.keep_alive ? " keep, " : " close, ") + (head.expect_continue ? "expect, " : "") +
        describe(head.framing) + " " + describe(head.headers));
    ++heads;
  }
  void on_request_body(std::string_view bytes) override { add_body(bytes); }
  void on_request_end(Headers&& trailers) override { add("end " + describe(trailers)); }
  void on_request_error(const Error& error) override {
    kind = error.kind;
    detail = error.detail;  // no event: it may differ when the input is wrong in two ways
    add("error " + std::string(failure_of(error.kind).word));
  }

  int heads = 0;
  ErrorKind kind = ErrorKind::internal;  // of the error; internal: none
  std::string detail;
};

struct ResponseLog : ResponseListener, EventLog {
  static std::string text(const ResponseHead& head) {
    return std::to_string(head.status) + " " + head.reason + " 1." +
           std::to_string(head.minor_version) + (head.keep_alive ? " keep, " : " close, ") +
           describe(head.framing) + " " + describe(head.headers);
  }
  void on_informational(ResponseHead&& head) override { add("informational " + text(head)); }
  void on_response_head(ResponseHead&& head) override {
    add("head " + text(head));
    ++heads;
  }
  void on_response_body(std::string_view bytes) override { add_body(bytes); }
  void on_response_end(Headers&& trailers) override { add("end " + describe(trailers)); }
  void on_response_error(const Error& error) override {
    kind = error.kind;
    detail = error.detail;  // no event: it may differ when the input is wrong in two ways
    add("error " + std::string(failure_of(error.kind).word));
  }

  int heads = 0;
  ErrorKind kind = ErrorKind::internal;  // of the error; internal: none
  std::string detail;
};

// Gives the parser `input` in pieces of at most `piece` bytes, as a connection would. Returns how
// many bytes were used before the parser wanted no more.
inline size_t give(RequestParser& parser, std::string_view input, size_t piece) {
  size_t used = 0;
  while (used < input.size() && !parser.failed()) {
    used += parser.parse(input.substr(used, piece));
  }
  return used;
}

inline size_t give(ResponseParser& parser, std::string_view input, size_t piece) {
  size_t used = 0;
  while (used < input.size() && parser.expecting()) {
    used += parser.parse(input.substr(used, piece));
  }
  return used;
}

}  // namespace trunkd
