// The fields of a session about how it goes about requests: pacing, repeating, following, sharing.

#include "base/text.h"
#include "config/fields.h"

namespace trunkd {
namespace {

constexpr std::string_view kPass[] = {"pass"};
constexpr std::string_view kConnect = "connect";

using Draft = SessionDraft;

void set_rate(Draft& draft, Value&& value) {
  const auto limit = std::get<RateLimit>(value);
  draft.config.rate = {};
  draft.config.rate.count = limit.count;
  draft.config.rate.per = limit.per;
}

Value rate_word(const Draft& draft) {
  return draft.config.rate.active() ? Value() : Value(RateLimit());
}

void set_retry_causes(Draft& draft, Value&& value) {
  RetryConfig& retry = draft.config.retry;
  retry.on_connect = false;
  retry.statuses.clear();
  for (const std::string& cause : std::get<std::vector<std::string>>(value)) {
    if (cause == kConnect) {
      retry.on_connect = true;
    } else {
      retry.statuses.push_back(static_cast<uint16_t>(*parse_decimal(cause)));
    }
  }
}

Value retry_causes(const Draft& draft) {
  std::vector<std::string> causes;
  if (draft.config.retry.on_connect) causes.emplace_back(kConnect);
  for (const uint16_t status : draft.config.retry.statuses) {
    causes.push_back(std::to_string(status));
  }
  return causes;
}

constexpr ConfigField<Draft> kConductFields[] = {
    {{.name = "rate",
      .syntax = Syntax::rate,
      .description = "How many requests may start in a second, minute or hour, for all clients "
                     "together: 20/s, 100/m, 1000/h.",
      .can_be_off = true},
     set_rate,
     rate_word},
    {{.name = "rate.limit",
      .syntax = Syntax::rate,
      .description = "The same; more requests wait in the queue.",
      .can_be_off = true},
     [](Draft& draft, Value&& value) {
       const auto limit = std::get<RateLimit>(value);
       draft.config.rate.count = limit.count;
       draft.config.rate.per = limit.per;
     },
     [](const Draft& draft) {
       return Value(RateLimit{draft.config.rate.count, draft.config.rate.per});
     }},
    session_field<&SessionConfig::rate, &RateConfig::burst>(
        {.name = "rate.burst",
         .syntax = Syntax::count,
         .description = "How many may start at once after a pause; 1 spaces them evenly.",
         .min = 1,
         .max = 1'000'000}),
    session_field<&SessionConfig::rate, &RateConfig::min_interval>(
        {.name = "rate.min_interval",
         .syntax = Syntax::intervals,
         .description = "The least time between two starts: 250ms, or by method {POST: 1s, \"*\": "
                        "100ms}.",
         .min = kMillisecond,
         .max = kDay,
         .can_be_off = true}),
    session_field<&SessionConfig::rate, &RateConfig::per_host>(
        {.name = "rate.per_host",
         .syntax = Syntax::boolean,
         .description = "Whether each host has these limits for itself, instead of all together."}),
    {{.name = "retry",
      .syntax = Syntax::switched_off,
      .description = "When a request is tried again; off is attempts: 1.",
      .can_be_off = true,
      .mapping_form = "{attempts: 3}",
      .default_text = "its fields"},
     [](Draft& draft, Value&&) { draft.config.retry.attempts = 1; },
     [](const Draft&) { return Value(); }},
    session_field<&SessionConfig::retry, &RetryConfig::attempts>(
        {.name = "retry.attempts",
         .syntax = Syntax::count,
         .description = "How often a request is tried in all, where that is safe for its method "
                        "and its body is still held.",
         .min = 1,
         .max = 10}),
    {{.name = "retry.on",
      .syntax = Syntax::retry_causes,
      .description = "What is tried again: connect, which is a connection that could not be "
                     "opened, and statuses from 400 to 599.",
      .can_be_off = true},
     set_retry_causes,
     retry_causes},
    session_field<&SessionConfig::retry, &RetryConfig::backoff>(
        {.name = "retry.backoff",
         .syntax = Syntax::duration,
         .description = "The pause before the second attempt; it doubles for each further one, and "
                        "a part of it is random.",
         .min = kMillisecond,
         .max = kDay}),
    session_field<&SessionConfig::retry, &RetryConfig::retry_after_max>(
        {.name = "retry.retry_after.max",
         .syntax = Syntax::duration,
         .description =
             "The longest pause, which a host imposes on all clients by Retry-After, that "
             "requests wait for; while more is left, each is a 503 with the rest, at "
             "once.",
         .min = kMillisecond,
         .max = kDay,
         .can_be_off = true}),
    session_field<&SessionConfig::retry, &RetryConfig::rate_headers>(
        {.name = "retry.retry_after.headers",
         .syntax = Syntax::boolean,
         .description = "Whether RateLimit and x-ratelimit-remaining fields that leave nothing "
                        "pause a host too."}),
    {{.name = "redirects",
      .syntax = Syntax::choice,
      .description = "What becomes of a redirect: pass gives it to the client.",
      .words = kPass,
      .mapping_form = "{follow: 5}"},
     [](Draft& draft, Value&&) { draft.config.follow_redirects = 0; },
     [](const Draft& draft) {
       return draft.config.follow_redirects == 0 ? Value(uint64_t{0}) : Value();
     }},
    session_field<&SessionConfig::follow_redirects>(
        {.name = "redirects.follow",
         .syntax = Syntax::count,
         .description = "How many redirects of one request are followed, instead of passing them.",
         .min = 1,
         .max = 50,
         .default_text = "none"}),
    session_field<&SessionConfig::raise_for_status>(
        {.name = "raise_for_status",
         .syntax = Syntax::boolean,
         .description = "Whether a status from 400 on is answered as application/problem+json."}),
    session_field<&SessionConfig::pool>(
        {.name = "pool",
         .syntax = Syntax::session_name,
         .description = "The session whose connections this one shares; off has its own.",
         .can_be_off = true}),
};

}  // namespace

FieldTable<SessionDraft> conduct_fields() { return kConductFields; }

}  // namespace trunkd
