// Bytes from an origin to response events (RFC 9112), strict: a broken answer is an error, never
// guessed at.

#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace trunkd {

// Never owned by the parser. Each of these may destroy the parser only through
// Scheduler::dispose(), and calls pause() if it wants to hear no more for now, or ever.
class ResponseListener {
 public:
  virtual void on_informational(ResponseHead&& head) = 0;  // 1xx but 101; up to 64 of them
  virtual void on_response_head(ResponseHead&& head) = 0;  // also a 101 that was asked for
  virtual void on_response_body(std::string_view bytes) = 0;
  virtual void on_response_end(Headers&& trailers) = 0;  // never for a 101
  // bad_response (broken HTTP), connection_terminated (end_of_stream() within a message). The
  // parser is dead after it.
  virtual void on_response_error(const Error& error) = 0;

 protected:
  ~ResponseListener() = default;
};

// One connection's responses, one after the other.
class ResponseParser {
 public:
  ResponseParser(ResponseListener& listener, const HeadLimits& limits);
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;
  ~ResponseParser();

  // Before each response: what was asked decides how the answer is framed (RFC 9112, 6.3). A 101
  // without `upgrade_requested` is a broken answer.
  void expect(bool head_request, bool upgrade_requested);

  // Parses up to the end of one response and returns how many bytes it used; what is left is
  // nobody's answer (or, after a 101, the first bytes of the tunnel). Bytes while nothing is
  // expected are not used at all: returns 0.
  size_t parse(std::string_view bytes);

  // Called from a listener's event: parse() returns after it. The next call goes on, and has to be
  // made even if no bytes are left: the end of the message or an error may have been held back.
  void pause();

  // The peer sends no more: ends a body that is framed by the close, else an error if a response
  // is expected or under way.
  void end_of_stream();

  bool failed() const;
  // True from expect() until on_response_end(), on_response_error() or the head of a 101.
  bool expecting() const;
  // Any byte of the response that is expected has been seen (a 1xx counts).
  bool response_started() const;

 private:
  struct State;

  void finish();
  void fail(const Error& error);

  std::unique_ptr<State> state_;
};

}  // namespace trunkd
