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

namespace trunkd {

Exchange::Exchange(ProxyContext& context, ResponseSink& sink, RequestHead&& head)
    : context_(context),
      sink_(sink),
      request_(std::move(head)),
      number_(++context.requests),
      started_(context.scheduler.now()) {}

Exchange::~Exchange() {
  if (!logged_ && error_word_.empty()) error_word_ = "client_gone";
  write_log_line();
}

// ---- the way up ----

void Exchange::start(const Arrival& arrival) {
  std::optional<size_t> known;
  auto route = context_.table->router().route(request_, arrival, &known);
  if (known) session_ = context_.table->sessions()[*known];
  if (!route) return fail(route.error());
  route_ = std::move(*route);
  session_ = context_.table->sessions()[route_.session];

  if (auto error = objection()) return fail(*error);
  if (answer_by_max_forwards()) return;

  attempts_ = 1;
  attempt_ = new_attempt();
  attempt_->start(lease_terms(false));
}

std::optional<Error> Exchange::objection() const {
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
  terms.timeout = settings.queue.timeout;
  terms.queue_max = settings.queue.max;
  return terms;
}

void Exchange::on_attempt_ready() {
  const SessionConfig& settings = session_->settings();
  std::string& head = context_.scratch;
  head.clear();
  append_upstream_head(head, request_, settings, route_.origin, route_.target, max_forwards_);
  UpstreamRequest request;
  request.head = head;
  request.framing = request_.framing;
  request.head_method = request_.method == "HEAD";
  request.upgrade = !allowed_upgrade(request_, settings).empty();
  request.response_timeout = settings.timeouts.response;
  request.read_timeout = settings.timeouts.read;
  attempt_->send(request);
  if (!request_.framing.has_body()) return;

  attempt_->send_body(body_.unsent());
  body_.mark_sent();
  if (body_.ended()) attempt_->end_body(body_.trailers());
  on_attempt_drained();
}

void Exchange::on_request_body(std::string_view bytes) {
  if (response_ == Response::complete) return;  // an early answer: the rest is read and dropped
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
  if (was_sent() && request_.framing.has_body()) attempt_->end_body(body_.trailers());
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
  AttemptResult result = attempt_->result();
  result.status = head.status;
  const NextStep step = next_step(request_facts(), result);
  if (step != NextStep::relay) return try_again(step);
  relay_head(head);
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
  const ResponseDressing dressing{session_->settings(), route_,
                                  request_.headers.get("Host").value_or(""), &dropped_secure};
  append_downstream_fields(out, head.headers, dressing);
  if (dropped_secure && session_->first_dropped_secure()) {
    context_.log.warning("session \"" + session_->name() +
                         "\": the origin sets __Host- or __Secure- cookies, which a client cannot "
                         "keep over plain HTTP; a cookie jar of the session will");
  }
}

void Exchange::on_attempt_body(std::string_view bytes) {
  bytes_out_ += bytes.size();
  if (sink_.send_body(bytes) > ResponseSink::kHighWater && !sink_full_) {
    sink_full_ = true;
    attempt_->pause_reading();  // until on_sink_drained()
  }
}

void Exchange::on_sink_drained() {
  if (tunnel_) return;
  if (std::exchange(sink_full_, false) && attempt_) attempt_->resume_reading();
}

void Exchange::on_attempt_end(const Headers& trailers) {
  response_ = Response::complete;
  sink_.send_end(trailers);
  finish();
}

void Exchange::on_attempt_failed(const AttemptResult& result) {
  facts_ = attempt_->facts();
  if (response_ == Response::body) return fail(*result.error);
  const NextStep step = next_step(request_facts(), result);
  if (step != NextStep::answer) return try_again(step);
  Error error = *result.error;
  if (result.reused && !result.response_started && !request_facts().repeatable()) {
    error.hint = "An Idempotency-Key field would allow trunkd to send the request again.";
  }
  fail(error);
}

RequestFacts Exchange::request_facts() const {
  RequestFacts facts;
  facts.idempotent = is_idempotent(request_.method);
  facts.idempotency_key = request_.headers.has("Idempotency-Key");
  facts.body_held = body_.can_rewind();
  facts.attempts = attempts_;
  facts.replayed = replayed_;
  return facts;
}

void Exchange::try_again(NextStep step) {
  ++attempts_;
  body_.rewind();
  std::unique_ptr<Attempt> dead = std::move(attempt_);
  attempt_ = new_attempt();
  if (step == NextStep::replay_on_new) {
    replayed_ = true;
    attempt_->start_in_slot_of(*dead, lease_terms(true));
  } else {
    attempt_->start(lease_terms(true));
  }
  context_.scheduler.dispose(std::move(dead));
}

// ---- a tunnel after 101 ----

void Exchange::on_attempt_upgraded(ResponseHead&& head, std::unique_ptr<Transport> transport,
                                   std::string_view first_bytes) {
  facts_ = attempt_->facts();
  const auto token = head.headers.get("Upgrade");
  if (!token || !iequals(*token, allowed_upgrade(request_, session_->settings()))) {
    context_.scheduler.dispose(std::move(transport));
    return fail({ErrorKind::bad_response,
                 route_.origin.authority() + " switched to a protocol that was not asked for"});
  }
  relay_head(head);
  response_ = Response::tunnel;
  ResponseSink::Taken downstream = sink_.take_transport();
  tunnel_ = std::make_unique<Tunnel>(context_.scheduler, static_cast<TunnelOwner&>(*this),
                                     std::move(downstream.transport), std::move(transport),
                                     context_.config().downstream.idle);
  tunnel_->start(downstream.first_bytes, first_bytes, downstream.ended);
}

void Exchange::on_tunnel_end() {
  bytes_out_ = tunnel_->bytes_down();
  finish();
}

// ---- the end ----

// Every failure: an answer of our own, or a visible break if the origin's has begun.
void Exchange::fail(const Error& error) {
  error_word_ = failure_of(error.kind).word;
  if (response_ == Response::none && failure_of(error.kind).status != 0) {
    return answer(problem_reply(error, session_ ? session_->name() : std::string_view{},
                                context_.scheduler.wall_now()));
  }
  response_ = Response::complete;
  sink_.abort();
  finish();
}

void Exchange::answer(LocalReply reply) {
  response_ = Response::complete;
  status_ = reply.head.status;
  dispose_attempt();
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
  context_.scheduler.dispose(std::move(attempt_));
}

void Exchange::cancel() {
  if (tunnel_) tunnel_->cancel();
  dispose_attempt();
}

void Exchange::finish() {
  dispose_attempt();
  write_log_line();
  sink_.on_exchange_finished();  // disposes of this exchange
}

void Exchange::write_log_line() {
  if (std::exchange(logged_, true) || !context_.access_log.enabled()) return;
  const std::string id = request_id(context_.id_prefix, number_);
  const std::string host = session_ ? route_.origin.authority() : std::string();
  const std::string_view target = request_.target;
  AccessRecord record;
  const SteadyTime now = context_.scheduler.now();
  record.total = now - started_;
  record.started = context_.scheduler.wall_now() - record.total;
  record.request_id = id;
  if (session_) record.session = session_->name();
  record.method = request_.method;
  if (attempts_ > 0) {
    record.scheme = route_.origin.secure() ? "https" : "http";
    record.host = host;
    record.queue = facts_.queue;
  }
  record.path = target.substr(0, target.find('?'));
  record.status = status_;
  record.bytes_in = body_.received();
  record.bytes_out = bytes_out_;
  record.reused = facts_.reused;
  record.connection_id = facts_.connection_id;
  record.attempts = attempts_;
  if (facts_.connection_id != 0 && !facts_.reused) {
    record.dns = facts_.times.dns;
    record.connect = facts_.times.connect;
    record.tls = facts_.times.tls;
  }
  record.ttfb = facts_.ttfb;
  record.error = error_word_;
  context_.access_log.write(record);
}

}  // namespace trunkd
