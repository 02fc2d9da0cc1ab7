#include "pool/queue_errors.h"

#include <algorithm>
#include <string>
#include <utility>

#include "pool/lease_request.h"
#include "pool/origin_health.h"

namespace trunkd {
namespace {

std::string seconds(Duration time) {
  std::string text = std::to_string(std::chrono::duration<double>(time).count());
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " s";
}

// What is left, in whole milliseconds: more would only be hard to read.
Duration rest_until(SteadyTime end, SteadyTime now) {
  return std::chrono::ceil<std::chrono::milliseconds>(std::max(end - now, Duration::zero()));
}

bool by_rate(const GateClosure& closure) { return closure.cause == GateClosure::Cause::rate; }
bool by_operator(const GateClosure& closure) {
  return closure.cause == GateClosure::Cause::stopped;
}

Error stopped(std::string detail) {
  return {ErrorKind::session_paused, "the session is paused by its operator" + std::move(detail),
          "It goes on after: trunkd ctl resume"};
}

std::string_view setting_of(HeldBackBy limit) {
  switch (limit) {
    case HeldBackBy::queue_max:
      return "queue.max";
    case HeldBackBy::queue_timeout:
      return "queue.timeout";
    case HeldBackBy::longest_pause:
    case HeldBackBy::both_times:
      break;
  }
  return "retry.retry_after.max";
}

// What would let the request wait, or go on. The hint names the setting, and what more it takes.
void advise(Error& error, const GateClosure& closure, HeldBackBy limit) {
  const std::string setting(setting_of(limit));
  if (by_rate(closure)) {
    error.hint = "Raise rate.limit or " + setting + '.';
    return;
  }
  error.setting = setting_of(limit);
  error.hint = "Raise " + setting + (limit == HeldBackBy::both_times ? " and queue.timeout" : "") +
               ", or end the pause: trunkd ctl resume NAME";
}

std::string_view words_of(HeldBackBy limit) {
  switch (limit) {
    case HeldBackBy::queue_max:
      return ", and no more requests may wait";
    case HeldBackBy::queue_timeout:
      return ", longer than the request may wait";
    case HeldBackBy::longest_pause:
    case HeldBackBy::both_times:
      break;
  }
  return ", longer than any request may wait";
}

}  // namespace

Error queue_full(const LeaseTerms& terms) {
  return {ErrorKind::queue_full,
          "no connection is free and " + std::to_string(terms.queue_max) + " requests wait already",
          "Raise connections or queue.max."};
}

Error origin_failing(const OriginHealth& health, SteadyTime now) {
  const Duration rest = rest_until(health.next_probe(), now);
  Error error = health.last_error();
  error.detail += "; after several failures in a row ";
  error.detail +=
      rest > Duration::zero() ? "the next try is in " + seconds(rest) : "a try is under way";
  error.retry_after = rest;
  return error;
}

Error queue_timeout(const Origin& origin, Duration waited) {
  return {ErrorKind::queue_timeout,
          "no connection to " + origin.text() + " became free within " + seconds(waited),
          "Raise connections or queue.timeout."};
}

Error pool_shutting_down() { return {ErrorKind::shutting_down, "the session is being shut down"}; }

Error held_back(const Origin& origin, const GateClosure& closure, HeldBackBy limit,
                SteadyTime now) {
  if (by_operator(closure)) return stopped(std::string(words_of(limit)));
  const Duration rest = rest_until(closure.until, now);
  Error error;
  if (by_rate(closure)) {
    error.kind = ErrorKind::rate_limited;
    error.detail = "the session's rate allows the next request to " + origin.text() + " in ";
    error.detail += seconds(rest);
  } else {
    error.kind = ErrorKind::paused;
    error.detail = origin.text() + " asked for a pause, of which " + seconds(rest) + " are left";
  }
  error.detail += words_of(limit);
  advise(error, closure, limit);
  error.retry_after = rest;
  return error;
}

Error held_timeout(const Origin& origin, const GateClosure& closure, Duration waited,
                   SteadyTime now) {
  if (by_operator(closure)) return stopped(" and was not resumed within " + seconds(waited));
  Error error;
  if (by_rate(closure)) {
    error.kind = ErrorKind::queue_timeout;
    error.detail = "the session's rate let the request to " + origin.text() + " not start within ";
  } else {
    error.kind = ErrorKind::paused;
    error.detail = "the pause that " + origin.text() + " asked for did not end within ";
  }
  error.detail += seconds(waited);
  advise(error, closure, HeldBackBy::queue_timeout);
  error.retry_after = rest_until(closure.until, now);
  return error;
}

}  // namespace trunkd
