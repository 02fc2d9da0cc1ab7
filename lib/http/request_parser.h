// Bytes from a client to request events (RFC 9112), strict: what is ambiguous is refused.

#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace trunkd {

// Never owned by the parser. Each of these may destroy the parser only through
// Scheduler::dispose(), and calls pause() if it wants to hear no more for now, or ever.
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

struct Violation;

// One connection's requests, one after the other. Between them it holds no memory but itself.
class RequestParser {
 public:
  RequestParser(RequestListener& listener, const HeadLimits& limits);
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;
  ~RequestParser();

  // Parses up to the end of one message and returns how many bytes it used: all of them, unless a
  // message ended, an error was found, or pause() was called. What is left belongs to the next
  // call.
  size_t parse(std::string_view bytes);

  // Called from a listener's event: parse() returns after it. The next call goes on, and has to be
  // made even if no bytes are left: the end of the message or an error may have been held back.
  void pause();

  // Between messages: nothing of a next one has been seen (a stray CRLF does not count).
  bool between_messages() const { return !message_ && !failed_; }
  bool failed() const { return failed_; }

 private:
  class Message;

  size_t skip_stray_line_ends(std::string_view bytes);
  void fail(const Violation& violation);

  RequestListener& listener_;
  const HeadLimits limits_;
  std::unique_ptr<Message> message_;  // from its first byte to its end
  uint8_t stray_bytes_ = 0;           // of the line ends before the next message
  bool failed_ = false;
};

}  // namespace trunkd
