#include "proxy/exchange.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "http/fields.h"
#include "http/writer.h"
#include "proxy/local_reply.h"
#include "proxy/response_info.h"
#include "session/dresser.h"
#include "session/priority.h"
#include "session/response_dresser.h"

namespace trunkd {

Exchange::Exchange(ProxyContext& context, ResponseSink& sink, RequestHead&& head)
    : context_(context),
      sink_(sink),
      request_(std::move(head)),
      number_(++context.requests),
      started_(context.scheduler.now()),
      wait_(context.scheduler, [this] { on_wait_over(); }),
      total_(context.scheduler, [this] { on_total_timeout(); }),
      jar_read_([this] { on_jar_read(); }),
      cookies_written_([this] { release_held(); }) {}

Exchange::~Exchange() {
  if (!concluded_ && !error_) error_ = ErrorKind::client_gone;
  conclude();
}

// ---- the way up ----

void Exchange::start(const Arrival& arrival) {
  std::optional<size_t> known;
  auto route = context_.table->router().route(request_, arrival, &known);
  if (known) session_ = context_.table->sessions()[*known];
  if (route) session_ = context_.table->sessions()[route->session];
  begin_count();
  if (!route) return fail(route.error());
  route_ = std::move(*route);

  if (auto error = objection()) return fail(*error);
  if (answer_by_max_forwards()) return;
  if (!is_connect()) {  // nothing is put into a tunnel
    auto jar = session_->jar_for(request_.headers);
    if (!jar) return fail(jar.error());
    jar_ = std::move(*jar);
  }

  const Duration total = session_->settings().timeouts.total;
  if (total > Duration::zero()) total_.start_at(started_ + total);
  if (jar_ && !jar_->is_read()) return jar_read_.wait(jar_);  // until on_jar_read()
  start_attempt(false);
}

// A jar that cannot be read is no empty jar: nothing goes out as somebody else.
void Exchange::on_jar_read() {
  if (!jar_->is_read()) {
    return fail(jar_->failure().value_or(Error{ErrorKind::jar_unavailable}));
  }
  start_attempt(false);
}

std::optional<Error> Exchange::objection() const {
  if (session_->state() == SessionState::closed) {
    return Error{ErrorKind::session_closed, "the session was closed by its operator",
                 "It goes on after: trunkd ctl start " + session_->name()};
  }
  if (request_.method == "TRACE" && request_.framing.has_body()) {
    return Error{ErrorKind::malformed_request, "TRACE has no body (RFC 9110, 9.3.8)", ""};
  }
  if (request_.minor_version > 0 && !request_.expect_continue) {
    if (const auto expect = request_.headers.get("Expect")) {
      return Error{ErrorKind::expectation_failed,
                   "Expect: " + escaped(*expect) + " is not known; only 100-continue is", ""};
    }
  }
  return std::nullopt;
}

// RFC 9110, 7.6.2: only for OPTIONS and TRACE; at zero the request goes no further.
bool Exchange::answer_by_max_forwards() {
  if (request_.method != "OPTIONS" && request_.method != "TRACE") return false;
  const auto field = request_.headers.get("Max-Forwards");
  if (!field) return false;
  const auto hops = parse_decimal(*field);
  if (!hops) return false;
  if (*hops > 0) {
    max_forwards_ = static_cast<int>(std::min<uint64_t>(*hops - 1, INT32_MAX));
    return false;
  }
  const WallTime now = context_.scheduler.wall_now();
  answer(request_.method == "TRACE" ? trace_reply(request_, now) : options_reply(now));
  return true;
}

std::unique_ptr<Attempt> Exchange::new_attempt() {
  return std::make_unique<Attempt>(context_.scheduler, *session_, route_.origin,
                                   static_cast<AttemptOwner&>(*this));
}

LeaseTerms Exchange::lease_terms(bool front) const {
  const SessionConfig& settings = session_->settings();
  LeaseTerms terms;
  terms.priority = urgency_of(request_.headers, settings.priority);
  terms.front = front;
  if (!may_be_sent_twice()) terms.freshness = Freshness::proven;
  terms.timeout = settings.queue.timeout;
  terms.queue_max = settings.queue.max;
  terms.gate = &session_->pacing().gate_for(route_.origin, method());
  terms.share = &session_->queue_share();
  return terms;
}

bool Exchange::is_repeatable() const {
  return is_idempotent(method()) || request_.headers.has("Idempotency-Key");
}

bool Exchange::may_be_sent_twice() const {
  return is_repeatable() && (!carries_body() || body_.stays_held(request_.framing));
}

void Exchange::start_attempt(bool front, bool on_new_connection) {
  ++attempts_;
  if (!on_new_connection) ++tries_;  // a replay goes on with its try
  attempt_ = new_attempt();
  LeaseTerms terms = lease_terms(front);
  if (on_new_connection) terms.freshness = Freshness::new_only;
  attempt_->start(terms);
}

void Exchange::on_attempt_ready() {
  if (is_connect()) return open_tunnel();
  const SessionConfig& settings = session_->settings();
  std::string& head = context_.scratch;
  head.clear();
  std::string cookies;
  if (jar_) cookies = jar_->cookie_header(route_.sent_url(), context_.scheduler.wall_now());
  const Outgoing sent = outgoing(cookies);
  if (auto done = append_upstream_head(head, sent, settings, session_->credential()); !done) {
    return fail(done.error());
  }
  UpstreamRequest request;
  request.head = head;
  request.framing = sent.framing;
  request.head_method = method() == "HEAD";
  request.upgrade = !allowed_upgrade(request_, settings).empty();
  request.expect_continue = request_.expect_continue;
  request.response_timeout = settings.timeouts.response;
  request.read_timeout = settings.timeouts.read;
  sent_once_ = true;
  attempt_->send(request);
  if (!carries_body()) return;

  attempt_->send_body(body_.unsent());
  body_.mark_sent();
  if (body_.ended()) attempt_->end_body(body_.trailers());
  on_attempt_drained();
}

Outgoing Exchange::outgoing(std::string_view jar_cookies) const {
  Outgoing out{.request = request_,
               .method = method(),
               .origin = route_.origin,
               .target = route_.target,
               .framing = body_dropped_ ? BodyFraming{} : request_.framing,
               .body_dropped = body_dropped_};
  out.crossed_origin = trail_ && trail_->crossed_origin();
  out.jar_cookies = jar_cookies;
  out.max_forwards = max_forwards_;
  out.proxy = attempt_->proxy();
  return out;
}

void Exchange::on_request_body(std::string_view bytes) {
  if (response_ == Response::complete) return;  // an early answer: the rest is read and dropped
  if (!carries_body()) return body_.skip(bytes.size());
  const bool sending = was_sent();
  body_.append(bytes, sending);
  const bool full =
      sending ? attempt_->send_body(bytes) > UpstreamConnection::kHighWater : body_.full();
  if (full && !body_paused_) {
    body_paused_ = true;
    sink_.pause_request_body();  // until on_attempt_drained()
  }
}

void Exchange::on_attempt_drained() {
  if (std::exchange(body_paused_, false)) sink_.resume_request_body();
}

void Exchange::on_request_end(Headers&& trailers) {
  body_.end(std::move(trailers));
  if (was_sent() && carries_body()) attempt_->end_body(body_.trailers());
  // Nothing more of the body can come, but its sender's end can.
  if (std::exchange(body_paused_, false)) sink_.resume_request_body();
}

void Exchange::on_client_stalled() {
  if (body_.ended() || response_ == Response::body) {
    return fail({ErrorKind::client_stalled, "the client reads nothing of its answer"});
  }
  fail({ErrorKind::body_timeout, "the client fell silent within its request body"});
}

Duration Exchange::body_timeout() const {
  return session_ ? session_->settings().timeouts.read : context_.config().downstream.head_timeout;
}

// ---- the way back ----

void Exchange::on_attempt_informational(const ResponseHead& head) {
  if (response_ != Response::none || request_.minor_version == 0) return;
  if (head.status == 100) told_to_go_on_ = true;
  std::string fields;
  append_dressed_fields(fields, head);
  sink_.send_informational(head, fields);
}

void Exchange::on_attempt_head(ResponseHead&& head) {
  facts_ = attempt_->facts();
  judge_head(std::move(head));
}

void Exchange::relay_head(const ResponseHead& head) {
  response_ = Response::body;
  status_ = head.status;
  std::string& fields = context_.scratch;
  fields.clear();
  append_dressed_fields(fields, head);
  if (session_->settings().response_info) append_response_info(fields);
  sink_.send_head(head, fields);
}

void Exchange::append_dressed_fields(std::string& out, const ResponseHead& head) const {
  bool dropped_secure = false;
  const ResponseDressing dressing{session_->settings(),
                                  route_,
                                  request_.headers.get("Host").value_or(""),
                                  &dropped_secure,
                                  session_->credential(),
                                  jar_ != nullptr};
  append_downstream_fields(out, head.headers, dressing);
  if (dropped_secure && session_->first_dropped_secure()) {
    context_.log.warning(
        "the origin sets __Host- or __Secure- cookies, which a client cannot keep over plain HTTP; "
        "a "
        "cookie jar of the session will",
        session_->name());
  }
}

void Exchange::on_attempt_body(std::string_view bytes) {
  if (aside_) {
    if (!aside_->take(bytes)) leave_aside();
    return;
  }
  if (held_) {
    held_->body += bytes;
    return;
  }
  bytes_out_ += bytes.size();
  if (sink_.send_body(bytes) > ResponseSink::kHighWater && !sink_full_) {
    sink_full_ = true;
    attempt_->pause_reading();  // until on_sink_drained()
  }
}

void Exchange::on_sink_drained() {
  if (tunnel_ || held_) return;
  if (std::exchange(sink_full_, false) && attempt_) attempt_->resume_reading();
}

void Exchange::on_attempt_end(const Headers& trailers) {
  if (aside_) return leave_aside();
  if (held_) {
    held_->trailers = trailers;
    return;
  }
  response_ = Response::complete;
  answered_ = true;
  sink_.send_end(trailers);
  finish();
}

// ---- the end ----

void Exchange::kill() {
  if (response_ == Response::complete) return;
  if (response_ == Response::tunnel) {
    error_ = ErrorKind::killed;
    return;
  }
  fail({ErrorKind::killed, "the session's operator ended the requests that were under way"});
}

// Every failure: an answer of our own, or a visible break if the origin's has begun.
void Exchange::fail(const Error& error) {
  error_ = error.kind;
  error_detail_ = error.detail;
  if (response_ == Response::none && failure_of(error.kind).status != 0) {
    return answer(problem_reply(error, session_ ? session_->name() : std::string_view{},
                                context_.scheduler.wall_now()));
  }
  response_ = Response::complete;
  sink_.abort();
  finish();
}

void Exchange::answer(LocalReply reply) {
  stop_waiting();
  dispose_attempt();
  if (brought_cookies_) {
    HeldAnswer held;
    held.reply = std::move(reply);
    return hold_until_written(std::move(held));
  }
  response_ = Response::complete;
  answered_ = by_us_ = true;
  status_ = reply.head.status;
  if (!session_ || session_->settings().response_info) append_response_info(reply.fields);
  sink_.send_head(reply.head, reply.fields);
  if (request_.method != "HEAD") {
    bytes_out_ = reply.body.size();
    sink_.send_body(reply.body);
  }
  sink_.send_end({});
  finish();
}

void Exchange::append_response_info(std::string& out) const {
  trunkd::append_response_info(out, facts_, context_.id_prefix, number_);
}

void Exchange::dispose_attempt() {
  if (!attempt_) return;
  attempt_->cancel();
  facts_ = attempt_->facts();  // whoever ended it: which connection it was, and how long it waited
  context_.scheduler.dispose(std::move(attempt_));
}

void Exchange::cancel() {
  if (tunnel_) cancel_tunnel();
  stop_waiting();
  dispose_attempt();
}

void Exchange::finish() {
  stop_waiting();
  dispose_attempt();
  conclude();
  sink_.on_exchange_finished();  // disposes of this exchange
}

}  // namespace trunkd
