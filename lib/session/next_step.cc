#include "session/next_step.h"

#include <algorithm>

#include "base/spread.h"

namespace trunkd {
namespace {

constexpr Duration kLongestBackoff = 30s;

bool has_tries_left(const SessionConfig& session, const RequestFacts& request) {
  return request.attempts < session.retry.attempts;
}

// No byte of the request has left, so any method may be tried again. What a second try within
// milliseconds cannot mend (no such name, a bad certificate, a proxy's no) and what has used up its
// time is not.
bool may_retry_connect(const SessionConfig& session, const RequestFacts& request,
                       const AttemptResult& result) {
  if (!session.retry.on_connect || result.request_sent || !has_tries_left(session, request)) {
    return false;
  }
  if (request.backoff >= request.time_left) return false;
  switch (result.error->kind) {
    case ErrorKind::connection_refused:
    case ErrorKind::connect_failed:
    case ErrorKind::connection_terminated:  // within the handshake
    case ErrorKind::tls_protocol:
    case ErrorKind::proxy_failed:
      return true;
    default:
      return false;
  }
}

// A kept connection may have been closed by the origin just as we wrote to it. Nothing came back
// and the request can be sent again, so the client need not hear of it (RFC 9110, 9.2.2).
bool may_replay(const RequestFacts& request, const AttemptResult& result) {
  return result.kept && result.request_sent && !result.response_started && !request.replayed &&
         request.repeatable && request.body_held;
}

// An origin that had closed an idle connection says 408 on it; it was sent before our request was
// read (RFC 9110, 15.5.9), so it counts as a connection that died before any response byte.
bool is_stale_408(const AttemptResult& result) {
  return result.kept && result.status == 408 && !result.informational;
}

// 429 says that the request was not worked on, and so does 503 when it tells when to come back:
// any method may be sent again.
bool was_turned_away(const AttemptResult& result) {
  return result.status == 429 || (result.status == 503 && result.retry_after);
}

// What the request cannot sit out is for the client to know.
bool can_wait(const SessionConfig& session, const RequestFacts& request) {
  if (std::max(request.pause, request.backoff) >= request.time_left) return false;
  if (request.pause == Duration::zero()) return true;
  return request.pause <= session.retry.retry_after_max &&
         (session.queue.timeout == Duration::zero() || request.pause < session.queue.timeout);
}

bool may_retry_status(const SessionConfig& session, const RequestFacts& request,
                      const AttemptResult& result) {
  const auto& listed = session.retry.statuses;
  if (std::find(listed.begin(), listed.end(), result.status) == listed.end()) return false;
  return has_tries_left(session, request) && request.body_held &&
         (request.repeatable || was_turned_away(result)) && can_wait(session, request);
}

}  // namespace

NextStep next_step(const SessionConfig& session, const RequestFacts& request,
                   const AttemptResult& result) {
  if (!result.error) {
    AttemptResult died = result;
    died.response_started = false;
    if (is_stale_408(result) && may_replay(request, died)) return NextStep::replay_on_new;
    if (may_retry_status(session, request, result)) return NextStep::retry;
    if (result.leads_on) return NextStep::follow;
    return session.raise_for_status && result.status >= 400 ? NextStep::raise : NextStep::relay;
  }
  if (may_retry_connect(session, request, result)) return NextStep::retry;
  if (result.error->kind == ErrorKind::connection_terminated && may_replay(request, result)) {
    return NextStep::replay_on_new;
  }
  return NextStep::answer;
}

Duration backoff(const RetryConfig& retry, size_t attempts, uint64_t number) {
  const size_t doublings = std::min<size_t>(attempts > 0 ? attempts - 1 : 0, 16);
  const Duration whole = std::min(retry.backoff * (1 << doublings), kLongestBackoff);
  return whole / 2 + spread(whole / 2, number);
}

}  // namespace trunkd
