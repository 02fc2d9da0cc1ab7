#include "session/next_step.h"

namespace trunkd {
namespace {

constexpr int kConnectAttempts = 2;

// No byte of the request has left, so any method may be tried again. What a second try within
// milliseconds cannot mend (no such name, a bad certificate) and what has used up its time is not.
bool may_retry(const RequestFacts& request, const AttemptResult& result) {
  if (result.request_sent || request.attempts >= kConnectAttempts) return false;
  switch (result.error->kind) {
    case ErrorKind::connection_refused:
    case ErrorKind::connect_failed:
    case ErrorKind::connection_terminated:  // within the handshake
    case ErrorKind::tls_protocol:
      return true;
    default:
      return false;
  }
}

// A reused connection may have been closed by the origin just as we wrote to it. Nothing came back
// and the request can be sent again, so the client need not hear of it (RFC 9110, 9.2.2).
bool may_replay(const RequestFacts& request, const AttemptResult& result) {
  return result.reused && !result.response_started && !request.replayed && request.repeatable() &&
         request.body_held;
}

// An origin that had closed an idle connection says 408 on it; it was sent before our request was
// read (RFC 9110, 15.5.9), so it counts as a connection that died before any response byte.
bool is_stale_408(const AttemptResult& result) {
  return result.reused && result.status == 408 && !result.informational;
}

}  // namespace

NextStep next_step(const RequestFacts& request, const AttemptResult& result) {
  if (!result.error) {
    if (!is_stale_408(result)) return NextStep::relay;
    AttemptResult died = result;
    died.response_started = false;
    return may_replay(request, died) ? NextStep::replay_on_new : NextStep::relay;
  }
  if (may_retry(request, result)) return NextStep::retry;
  if (result.error->kind == ErrorKind::connection_terminated && may_replay(request, result)) {
    return NextStep::replay_on_new;
  }
  return NextStep::answer;
}

}  // namespace trunkd
