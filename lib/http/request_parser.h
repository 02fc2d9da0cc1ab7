// Bytes from a client to request events (RFC 9112), strict: what is ambiguous is refused.

#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace trunkd {

// Never owned by the parser. Each of these may destroy the parser only through
// Scheduler::dispose().
class RequestListener {
 public:
  virtual void on_request_head(RequestHead&& head) = 0;
  virtual void on_request_body(std::string_view bytes) = 0;  // payload, unframed
  virtual void on_request_end(Headers&& trailers) = 0;
  // malformed_request, head_too_large, target_too_long, unknown_method, unsupported_version. The
  // parser is dead after it; nothing of the message may be forwarded, the connection must close.
  virtual void on_request_error(const Error& error) = 0;

 protected:
  ~RequestListener() = default;
};

// One connection's requests, one after the other.
class RequestParser {
 public:
  RequestParser(RequestListener& listener, const HeadLimits& limits);
  ~RequestParser();

  // Parses up to the end of one message and returns how many bytes it used: all of them, unless a
  // message ended, an error was found, or pause() was called. What is left belongs to the next
  // call.
  size_t parse(std::string_view bytes);

  // Called from a listener's event: parse() returns after it.
  void pause();

  // Between messages: nothing of a next one has been seen (a stray CRLF does not count).
  bool between_messages() const;
  bool failed() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace trunkd
