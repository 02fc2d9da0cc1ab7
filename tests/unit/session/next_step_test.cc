// The matrix of product.md, section 4, row by row.

#include "session/next_step.h"

#include <gtest/gtest.h>
#include <string>

namespace trunkd {
namespace {

constexpr RequestFacts kGet{.idempotent = true};
constexpr RequestFacts kPost{};
constexpr RequestFacts kPostWithKey{.idempotency_key = true};

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
AttemptResult died(bool reused, bool response_started) {
  AttemptResult result;
  result.error = Error{ErrorKind::connection_terminated, "", ""};
  result.reused = reused;
  result.request_sent = true;
  result.response_started = response_started;
  return result;
}
AttemptResult answered(int status, bool reused) {
  AttemptResult result;
  result.status = status;
  result.reused = reused;
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
  for (const Row& row : kRows)
    EXPECT_EQ(next_step(row.request, row.result), row.expected) << row.name;
}

}  // namespace
}  // namespace trunkd
