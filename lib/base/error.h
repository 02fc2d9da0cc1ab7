// Every way an exchange can fail, and the one table of what follows from it: the status the client
// gets, the word of RFC 9209 and the word of log and metrics.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace trunkd {

enum class ErrorKind : uint8_t {
  // the client's request
  malformed_request,
  head_too_large,
  target_too_long,
  unknown_method,
  unsupported_version,
  request_timeout,  // the request's head did not come in time
  body_timeout,     // the client fell silent within its body
  client_stalled,   // the client reads nothing of its answer
  client_gone,      // the client left before it had the whole answer
  ambiguous_session,
  unknown_session,
  proxy_session_missing,
  misdirected,     // Host or target names something that this listener does not serve
  browser_origin,  // a web page of another origin tries to use the local port
  target_not_allowed,
  connect_refused,  // the CONNECT method, where no tunnel is allowed
  trace_refused,
  expectation_failed,
  // waiting for a connection
  queue_full,
  queue_timeout,
  shutting_down,
  rate_limited,    // the session's rate allows no more now, and the request may not wait so long
  paused,          // the origin asked for a pause, and the request may not wait so long
  session_paused,  // by its operator, and the request may not wait any longer
  session_closed,  // by its operator, until it is started
  killed,          // by the session's operator
  jar_limit,       // one cookie jar more than cookies.max_jars
  // getting a connection
  dns_failed,
  dns_timeout,
  connection_refused,
  connect_timeout,
  connect_failed,   // unreachable, no descriptor, ...
  address_refused,  // a private address that a session for many hosts may not reach
  proxy_refused,    // the proxy does not let us through to the origin
  proxy_failed,     // the proxy could not reach the origin
  proxy_auth,       // the proxy does not take what we show it
  proxy_protocol,   // the proxy says what HTTP or SOCKS has no place for
  tls_certificate,
  tls_protocol,
  // on the connection
  connection_terminated,  // it ended before or within the response
  response_timeout,       // no response head in time
  read_timeout,           // silence within a response body
  tunnel_idle,            // silence in both directions of a tunnel
  bad_response,           // broken HTTP
  proxy_loop,
  redirect_loop,    // a redirect that leads back, or one more than redirects.follow
  upstream_status,  // raise_for_status; the status is the origin's, not this table's
  total_timeout,
  credential_unavailable,
  jar_unavailable,  // the file of the cookies cannot be read
  // our own
  internal,
};

struct Failure {
  ErrorKind kind;
  int status;                     // 0: there is nobody to answer
  std::string_view proxy_status;  // error type of RFC 9209, section 2.3; may be empty
  std::string_view word;          // for log and metrics, and the end of the problem's type
  std::string_view title;         // the problem's title
  std::string_view phase;         // request, queue, dns, connect, tls, response; for the problem
  std::string_view setting;       // what to change; may be empty
};

const Failure& failure_of(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string detail{};  // one sentence for people, without secrets; may quote escaped input
  std::string hint{};    // what to do about it; may be empty
  int system_error = 0;  // errno, where it was the system that said no
  std::optional<Duration> retry_after{};  // when another try may succeed, if that is known
  std::string_view phase{};               // a constant; empty: the table's
  std::string_view setting{};             // likewise
};

}  // namespace trunkd
