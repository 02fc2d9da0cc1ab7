// The matrix of product.md, section 4, row by row.

#include "session/next_step.h"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace trunkd {
namespace {

constexpr RequestFacts kGet{.repeatable = true};
constexpr RequestFacts kPost{};
constexpr RequestFacts kPostWithKey{.repeatable = true};

RequestFacts second_try(RequestFacts facts) {
  facts.attempts = 2;
  return facts;
}
RequestFacts already_replayed(RequestFacts facts) {
  facts.replayed = true;
  return facts;
}
RequestFacts without_body(RequestFacts facts) {
  facts.body_held = false;
  return facts;
}

AttemptResult not_connected(ErrorKind kind) {
  AttemptResult result;
  result.error = Error{kind, "", ""};
  return result;
}
AttemptResult died(bool kept, bool response_started) {
  AttemptResult result;
  result.error = Error{ErrorKind::connection_terminated, "", ""};
  result.kept = kept;
  result.request_sent = true;
  result.response_started = response_started;
  return result;
}
AttemptResult answered(int status, bool kept) {
  AttemptResult result;
  result.status = status;
  result.kept = kept;
  result.request_sent = result.response_started = true;
  return result;
}
AttemptResult after_informational(AttemptResult result) {
  result.informational = true;
  return result;
}
AttemptResult failed_on_reused(ErrorKind kind) {
  AttemptResult result = died(true, false);
  result.error->kind = kind;
  return result;
}

SessionConfig retrying(std::vector<uint16_t> statuses) {
  SessionConfig session;
  session.retry.attempts = 3;
  session.retry.statuses = std::move(statuses);
  return session;
}
SessionConfig raising() {
  SessionConfig session = retrying({503});
  session.raise_for_status = true;
  return session;
}
AttemptResult with_retry_after(AttemptResult result) {
  result.retry_after = true;
  return result;
}
RequestFacts paused(Duration pause, RequestFacts facts) {
  facts.pause = pause;
  return facts;
}
RequestFacts backing_off(Duration backoff, RequestFacts facts) {
  facts.backoff = backoff;
  return facts;
}
AttemptResult leading_on(AttemptResult result) {
  result.leads_on = true;
  return result;
}
RequestFacts with_time_left(Duration left, RequestFacts facts) {
  facts.time_left = left;
  return facts;
}

struct Row {
  const char* name;
  RequestFacts request;
  AttemptResult result;
  NextStep expected;
};

const Row kRows[] = {
    {"connect failed, GET", kGet, not_connected(ErrorKind::connection_refused), NextStep::retry},
    {"connect failed, POST", kPost, not_connected(ErrorKind::connect_failed), NextStep::retry},
    {"TLS failed, POST", kPost, not_connected(ErrorKind::tls_protocol), NextStep::retry},
    {"cut within the handshake, POST", kPost, not_connected(ErrorKind::connection_terminated),
     NextStep::retry},
    {"connect failed twice", second_try(kGet), not_connected(ErrorKind::connection_refused),
     NextStep::answer},
    {"the proxy could not, POST", kPost, not_connected(ErrorKind::proxy_failed), NextStep::retry},
    {"the proxy would not", kGet, not_connected(ErrorKind::proxy_refused), NextStep::answer},
    {"the proxy wants a login", kGet, not_connected(ErrorKind::proxy_auth), NextStep::answer},
    {"no such name", kGet, not_connected(ErrorKind::dns_failed), NextStep::answer},
    {"bad certificate", kGet, not_connected(ErrorKind::tls_certificate), NextStep::answer},
    {"connect timeout", kGet, not_connected(ErrorKind::connect_timeout), NextStep::answer},
    {"queue timeout", kGet, not_connected(ErrorKind::queue_timeout), NextStep::answer},
    {"queue full", kGet, not_connected(ErrorKind::queue_full), NextStep::answer},
    {"loop", kGet, not_connected(ErrorKind::proxy_loop), NextStep::answer},

    {"reused died silent, GET", kGet, died(true, false), NextStep::replay_on_new},
    {"reused died silent, POST", kPost, died(true, false), NextStep::answer},
    {"reused died silent, POST with key", kPostWithKey, died(true, false), NextStep::replay_on_new},
    {"the same, body gone", without_body(kGet), died(true, false), NextStep::answer},
    {"the same, second time", already_replayed(kGet), died(true, false), NextStep::answer},
    {"new died silent, GET", kGet, died(false, false), NextStep::answer},
    {"reused died after a byte, GET", kGet, died(true, true), NextStep::answer},
    {"no answer in time on a reused one", kGet, failed_on_reused(ErrorKind::response_timeout),
     NextStep::answer},
    {"broken answer on a reused one", kGet, failed_on_reused(ErrorKind::bad_response),
     NextStep::answer},

    {"answered", kGet, answered(200, true), NextStep::relay},
    {"error status", kGet, answered(503, true), NextStep::relay},
    {"408 on reused, GET", kGet, answered(408, true), NextStep::replay_on_new},
    {"408 on reused, POST", kPost, answered(408, true), NextStep::relay},
    {"408 on reused, POST with key", kPostWithKey, answered(408, true), NextStep::replay_on_new},
    {"408 on reused after a 100 was relayed", kGet, after_informational(answered(408, true)),
     NextStep::relay},
    {"408 on new", kGet, answered(408, false), NextStep::relay},
    {"408 on reused, second time", already_replayed(kGet), answered(408, true), NextStep::relay},
};

TEST(NextStepTest, EveryRowOfTheMatrix) {
  for (const Row& row : kRows) {
    EXPECT_EQ(next_step(SessionConfig{}, row.request, row.result), row.expected) << row.name;
  }
}

// With retry: {attempts: 3, on: [connect, 429, 503]}.
const Row kRetryRows[] = {
    {"503, GET", kGet, answered(503, true), NextStep::retry},
    {"503, GET, second try", second_try(kGet), answered(503, true), NextStep::retry},
    {"503, POST", kPost, answered(503, true), NextStep::relay},
    {"503, POST with key", kPostWithKey, answered(503, true), NextStep::retry},
    {"503 with Retry-After, POST", paused(2s, kPost), with_retry_after(answered(503, true)),
     NextStep::retry},
    {"503 in a pause that another answer asked for, POST", paused(2s, kPost), answered(503, true),
     NextStep::relay},
    {"429, POST", kPost, answered(429, true), NextStep::retry},
    {"429, POST, body gone", without_body(kPost), answered(429, true), NextStep::relay},
    {"429, longer than retry_after.max", paused(2min, kGet), answered(429, true), NextStep::relay},
    {"429, longer than the time in the queue", paused(30s, kGet), answered(429, true),
     NextStep::relay},
    {"429, longer than the total time", with_time_left(1s, paused(2s, kGet)), answered(429, true),
     NextStep::relay},
    {"503, no time left for the back-off", with_time_left(1s, backing_off(1s, kGet)),
     answered(503, true), NextStep::relay},
    {"a status that is not listed", kGet, answered(502, true), NextStep::relay},
    {"a redirect", kGet, leading_on(answered(302, true)), NextStep::follow},
    {"a redirect that nobody follows", kGet, answered(302, true), NextStep::relay},
};

TEST(NextStepTest, EveryRowOfRetries) {
  const SessionConfig session = retrying({429, 503});
  for (const Row& row : kRetryRows) {
    EXPECT_EQ(next_step(session, row.request, row.result), row.expected) << row.name;
  }
}

TEST(NextStepTest, TheLastAttemptsAnswerStays) {
  RequestFacts third = kGet;
  third.attempts = 3;
  EXPECT_EQ(next_step(retrying({503}), third, answered(503, true)), NextStep::relay);
  EXPECT_EQ(next_step(raising(), third, answered(503, true)), NextStep::raise);
}

TEST(NextStepTest, RaiseForStatusComesAfterEverythingElse) {
  EXPECT_EQ(next_step(raising(), kGet, answered(503, true)), NextStep::retry);
  EXPECT_EQ(next_step(raising(), kGet, answered(404, true)), NextStep::raise);
  EXPECT_EQ(next_step(raising(), kGet, answered(302, true)), NextStep::relay);
  EXPECT_EQ(next_step(raising(), kGet, leading_on(answered(302, true))), NextStep::follow);
  EXPECT_EQ(next_step(raising(), kGet, answered(200, true)), NextStep::relay);
}

TEST(NextStepTest, ConnectIsNotTriedAgainWhereTheSessionDoesNotSaySo) {
  SessionConfig session = retrying({503});
  session.retry.on_connect = false;
  EXPECT_EQ(next_step(session, kGet, not_connected(ErrorKind::connection_refused)),
            NextStep::answer);
}

TEST(NextStepTest, TheBackoffDoublesAndSpreads) {
  const RetryConfig retry;  // 100ms
  for (uint64_t number = 0; number < 100; ++number) {
    EXPECT_GE(backoff(retry, 1, number), 50ms);
    EXPECT_LE(backoff(retry, 1, number), 100ms);
    EXPECT_GE(backoff(retry, 3, number), 200ms);
    EXPECT_LE(backoff(retry, 3, number), 400ms);
  }
  EXPECT_NE(backoff(retry, 1, 1), backoff(retry, 1, 2));
  EXPECT_LE(backoff(retry, 60, 1), 30s);
}

}  // namespace
}  // namespace trunkd
