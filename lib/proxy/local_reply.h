// Answers that trunkd makes itself: problem+json (RFC 9457) with Proxy-Status (RFC 9209).

#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "http/message.h"

namespace trunkd {

struct LocalReply {
  ResponseHead head;   // status, reason, framing; no fields
  std::string fields;  // serialised
  std::string body;
};

// `session` may be empty (none was found). The status is the error's own.
LocalReply problem_reply(const Error& error, std::string_view session, WallTime now);

// For raise_for_status: the origin's error as a problem of the same status, with the fields that
// say what to do about it (WWW-Authenticate, Retry-After, Allow, rate limits). `excerpt` is the
// beginning of the answer's text; it may be empty.
LocalReply upstream_problem_reply(const ResponseHead& head, std::string_view excerpt,
                                  std::string_view session, WallTime now);

// To an OPTIONS whose Max-Forwards has come to zero (RFC 9110, 7.6.2).
LocalReply options_reply(WallTime now);
// To such a TRACE: the request as it arrived, without credentials and cookies.
LocalReply trace_reply(const RequestHead& request, WallTime now);

}  // namespace trunkd
