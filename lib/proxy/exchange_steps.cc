// What follows from an attempt's end: the answer is relayed, or set aside for another try, another
// place, or an answer of our own.

#include <string>
#include <utility>

#include "base/text.h"
#include "http/fields.h"
#include "proxy/exchange.h"
#include "session/redirect.h"

namespace trunkd {

RequestFacts Exchange::request_facts() const {
  RequestFacts facts;
  facts.repeatable = is_repeatable();
  facts.body_held = !carries_body() || body_.can_rewind();
  facts.attempts = tries_;
  facts.replayed = replayed_;
  facts.backoff = backoff(session_->settings().retry, tries_, number_);
  if (total_.running()) facts.time_left = total_.due() - context_.scheduler.now();
  return facts;
}

// ---- after a head ----

void Exchange::judge_head(ResponseHead&& head) {
  const SessionConfig& settings = session_->settings();
  const bool new_cookies = store_cookies(head);
  session_->note_pause(route_.origin, head);
  AttemptResult result = attempt_->result();
  result.status = head.status;
  result.retry_after = head.status == 503 && head.headers.has("Retry-After");
  RequestFacts facts = request_facts();
  facts.pause = session_->pacing().pause_left(route_.origin);
  // Sent again after an answer, the body must have come to its end, or be sure to stay short.
  facts.body_held = facts.body_held && (!carries_body() || body_.stays_held(request_.framing));

  auto hop = hop_after(head, facts.body_held);
  if (!hop) return set_aside(Aside::fail(std::move(hop.error())));
  result.leads_on = hop->has_value();

  switch (next_step(settings, facts, result)) {
    case NextStep::replay_on_new:
      return replay_on_new_connection();
    case NextStep::retry:
      ++metrics_->retries_status;
      return set_aside(Aside::retry(facts.pause > Duration::zero() ? Duration{} : facts.backoff));
    case NextStep::follow:
      if (!trail_) trail_ = std::make_unique<RedirectTrail>(method(), route_.sent_url());
      if (new_cookies) trail_->forget_places();
      if (auto allowed = trail_->follow(**hop, settings); !allowed) {
        return set_aside(Aside::fail(std::move(allowed.error())));
      }
      return set_aside(Aside::follow(std::move(**hop)));
    case NextStep::raise:
      return set_aside(Aside::raise(std::move(head)));
    case NextStep::relay:
      if (head.status == 408 && result.kept && !result.informational) ++metrics_->stale_failed;
      break;
    case NextStep::answer:
      break;
  }
  if (brought_cookies_) {
    attempt_->pause_reading();  // until release_held()
    return hold_until_written({{}, std::move(head), {}, {}, {}, {}});
  }
  relay_head(head);
}

Result<std::optional<Hop>> Exchange::hop_after(const ResponseHead& head, bool body_held) const {
  if (!may_be_followed(session_->settings(), head)) return std::nullopt;  // makes no URL
  const Url sent = route_.sent_url();
  auto hop = next_hop(session_->settings(), {method(), sent, carries_body(), body_held}, head);
  // An origin that carries the query over must not carry the credential along.
  if (hop && *hop && session_->credential() != nullptr) {
    session_->credential()->cut_from((*hop)->url);
  }
  return hop;
}

// At once, in the slot of the one that died; but not while the origin has a pause.
void Exchange::replay_on_new_connection() {
  replayed_ = true;
  ++metrics_->retries_replay;
  ++metrics_->stale_replayed;
  body_.rewind();
  if (session_->pacing().pause_left(route_.origin) > Duration::zero()) {
    dispose_attempt();
    return start_attempt(true, true);
  }
  ++attempts_;
  std::unique_ptr<Attempt> dead = std::move(attempt_);
  attempt_ = new_attempt();
  attempt_->start_in_slot_of(*dead, lease_terms(true));
  context_.scheduler.dispose(std::move(dead));
}

// ---- after an error ----

void Exchange::on_attempt_failed(const AttemptResult& result) {
  if (aside_) return leave_aside();
  if (held_) {
    held_->failed = result;
    return;
  }
  facts_ = attempt_->facts();
  if (response_ == Response::body) return fail(*result.error);
  const RequestFacts facts = request_facts();
  switch (next_step(session_->settings(), facts, result)) {
    case NextStep::replay_on_new:
      return replay_on_new_connection();
    case NextStep::retry:
      ++metrics_->retries_connect;
      aside_ = Aside::retry(facts.backoff);
      return leave_aside();
    default:
      break;
  }
  Error error = *result.error;
  const bool was_dead = result.kept && result.request_sent && !result.response_started &&
                        error.kind == ErrorKind::connection_terminated;
  if (was_dead) ++metrics_->stale_failed;
  if (was_dead && !facts.repeatable) {
    error.hint = "An Idempotency-Key field would allow trunkd to send the request again.";
  }
  fail(error);
}

// ---- an answer that the client does not get ----

void Exchange::set_aside(Aside&& aside) {
  aside_ = std::move(aside);
  wait_.start_at(context_.scheduler.now() + Aside::kLongest);
}

// Its lease is given back first: never two for one exchange.
void Exchange::leave_aside() {
  Aside aside = std::move(*aside_);
  aside_.reset();
  wait_.stop();
  dispose_attempt();
  switch (aside.then()) {
    case Aside::Then::retry:
      body_.rewind();
      replayed_ = false;
      if (aside.delay() == Duration::zero()) return start_attempt(true);
      return wait_.start_at(context_.scheduler.now() + aside.delay());
    case Aside::Then::follow:
      return follow(std::move(aside.hop()));
    case Aside::Then::raise:
      error_ = ErrorKind::upstream_status;
      return answer(upstream_problem_reply(aside.head(), aside.excerpt(), session_->name(),
                                           context_.scheduler.wall_now()));
    case Aside::Then::fail:
      return fail(aside.error());
  }
}

void Exchange::follow(Hop&& hop) {
  ++metrics_->redirects;
  if (!hop.keeps_body) body_dropped_ = true;
  hop_method_ = std::move(hop.method);
  route_.origin = std::move(hop.url.origin);
  route_.target = hop.url.path_and_query();
  route_.view.led_elsewhere = trail_->crossed_origin();
  tries_ = 0;
  replayed_ = false;
  body_.rewind();
  if (!carries_body() && std::exchange(body_paused_, false)) sink_.resume_request_body();
  start_attempt(true);
}

void Exchange::on_wait_over() {
  if (aside_) return leave_aside();
  start_attempt(true);
}

// ---- timeouts.total ----

void Exchange::on_total_timeout() {
  Error error{ErrorKind::total_timeout};
  std::string_view what = "the origin's answer";
  if (jar_ && attempts_ == 0) {
    what = "the reading of the cookies";
    error.phase = "request";
  } else if (response_ == Response::body) {
    what = "the answer's body";
  } else if (!attempt_ && !held_) {
    what = "the wait before the next try";
    error.phase = "queue";
  } else if (attempt_ && !attempt_->sending() && !aside_ && !held_) {
    what = "the wait for a connection";
    error.phase = "queue";
  }
  error.detail = "timeouts.total was over while " + std::string(what) + " was under way";
  if (attempts_ > 1) error.detail += ", in try " + std::to_string(attempts_);
  fail(error);
}

// ---- cookies ----

bool Exchange::store_cookies(const ResponseHead& head) {
  if (!jar_ || !head.headers.has("Set-Cookie")) return false;
  bool changed = false;
  const Url sent = route_.sent_url();
  for (const Field field : head.headers) {
    if (iequals(field.name, "set-cookie") &&
        jar_->store(field.value, sent, context_.scheduler.wall_now())) {
      changed = true;
      ++metrics_->cookies_stored;
    }
  }
  brought_cookies_ = brought_cookies_ || changed;
  return changed;
}

// Nothing that a client was told of is lost by a crash right after.
void Exchange::hold_until_written(HeldAnswer&& answer) {
  brought_cookies_ = false;
  held_ = std::move(answer);
  if (!jar_->wait_until_written(cookies_written_)) release_held();
}

void Exchange::release_held() {
  HeldAnswer held = std::move(*held_);
  held_.reset();
  if (held.reply) return answer(std::move(*held.reply));
  if (held.upgraded) return start_tunnel(held.head, std::move(held.upgraded), held.body);
  relay_head(held.head);
  if (!held.body.empty()) on_attempt_body(held.body);
  if (held.failed) return on_attempt_failed(*held.failed);
  if (held.trailers) return on_attempt_end(*held.trailers);
  if (!sink_full_) attempt_->resume_reading();
}

void Exchange::stop_waiting() {
  wait_.stop();
  total_.stop();
  jar_read_.cancel();
  cookies_written_.cancel();
  if (held_ && held_->upgraded) context_.scheduler.dispose(std::move(held_->upgraded));
  held_.reset();
}

}  // namespace trunkd
