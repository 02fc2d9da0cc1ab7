#include "proxy/downstream_connection.h"

#include <utility>

#include "http/writer.h"
#include "proxy/local_reply.h"

namespace trunkd {
namespace {

constexpr size_t kPipelinedMax = 16 * 1024;
constexpr uint32_t kDiscardMax = 256 * 1024;  // of a body that nobody wants any more
constexpr Duration kLinger = 2s;
// A client may have sent a request just before it could know that the end is near.
constexpr Duration kDrainGrace = 500ms;
// When it is looked whether a client that ended its side is still there.
constexpr Duration kLookAfterEnd = 20ms;
constexpr Duration kLookAgain = 1s;
// What a client had pipelined before it left is sent if a connection is free, and waits for none.
constexpr Duration kTurnOfOneWhoLeft = 100ms;

}  // namespace

DownstreamConnection::DownstreamConnection(ProxyContext& context, DownstreamOwner& owner,
                                           const Arrival& arrival,
                                           std::unique_ptr<Transport> transport)
    : context_(context),
      owner_(owner),
      arrival_(arrival),
      transport_(std::move(transport)),
      later_(context.scheduler, [this] { continue_later(); }),
      deadline_(context.scheduler, [this] { on_timeout(); }) {
  transport_->set_listener(this);
  transport_->start_reading();
  start_deadline(context_.config().downstream.idle);
}

DownstreamConnection::~DownstreamConnection() {
  if (transport_) transport_->set_listener(nullptr);
}

void DownstreamConnection::drain() {
  close_after_ = true;
  if (state_ != State::idle || pipelined_) return;
  if (transport_->queued() > 0) return linger();  // the client still reads its last answer
  start_deadline(kDrainGrace);
}

void DownstreamConnection::close_now() {
  if (transport_ && state_ != State::idle) transport_->reset_on_close();
  close();
}

void DownstreamConnection::kill(std::string_view session) {
  if (!exchange_ || !exchange_->is_of(session)) return;
  const bool is_tunnel = state_ == State::tunnel;
  exchange_->kill();
  if (is_tunnel) close_now();
}

// ---- bytes from the client ----

void DownstreamConnection::on_bytes(std::string_view bytes) {
  switch (state_) {
    case State::idle:
      // An answer that the client has not read yet holds up its next request.
      if (pipelined_ || transport_->queued() > 0) return keep(bytes);  // until continue_later()
      state_ = State::head;
      if (!parser_) parser_.emplace(static_cast<RequestListener&>(*this), HeadLimits{});
      start_deadline(context_.config().downstream.head_timeout);
      return feed(bytes);
    case State::head:
    case State::discarding:
      return feed(bytes);
    case State::exchange:
      return request_ended_ ? keep(bytes) : feed(bytes);
    case State::lingering:
    case State::tunnel:
    case State::closed:
      return;  // read and dropped
  }
}

void DownstreamConnection::feed(std::string_view bytes) {
  parsing_ = true;
  const size_t used = parser_->parse(bytes);
  parsing_ = false;
  if (state_ == State::closed || state_ == State::lingering) return;
  if (used < bytes.size()) keep(bytes.substr(used));
  if (std::exchange(starts_after_parsing_, false) && exchange_) exchange_->start(arrival_);
  // Only an empty line, which some clients send after a body (RFC 9112, 2.2).
  if (state_ == State::head && parser_->between_messages()) {
    state_ = State::idle;
    return start_deadline(close_after_ ? kDrainGrace : context_.config().downstream.idle);
  }
  settle();
}

void DownstreamConnection::keep(std::string_view bytes) {
  if (!pipelined_) pipelined_ = std::make_unique<Buffer>();
  pipelined_->append(bytes);
  if (pipelined_->size() > kPipelinedMax && reading_) {
    reading_ = false;
    transport_->stop_reading();  // until next_request()
  }
}

void DownstreamConnection::on_end() {
  half_closed_ = true;
  switch (state_) {
    case State::idle:
      if (!pipelined_) linger();
      return;
    case State::head:
      return close();
    case State::discarding:
      return linger();
    case State::exchange:
      // Within its body, or while it only waits: nobody wants the answer any more.
      if (!request_ended_ || !exchange_->survives_half_close()) return close();
      // It may have ended its side only, and read. Most have not: they gave up, and the connection
      // that works for them is wanted by others.
      if (!exchange_->answer_has_begun()) start_deadline(kLookAfterEnd);
      return;
    case State::lingering:
      if (transport_->queued() == 0) close();
      return;
    case State::tunnel:
    case State::closed:
      return;
  }
}

void DownstreamConnection::on_transport_error(const Error&) { close(); }

void DownstreamConnection::on_drained() {
  switch (state_) {
    case State::exchange:
      watch_client();
      return exchange_->on_sink_drained();
    case State::lingering:
      if (half_closed_) return close();
      return start_deadline(kLinger);
    default:
      if (pipelined_) later_.schedule();
      return;
  }
}

// ---- requests ----

void DownstreamConnection::on_request_head(RequestHead&& head) {
  deadline_.stop();
  state_ = State::exchange;
  request_ended_ = false;
  discarded_ = 0;
  if (!head.keep_alive || context_.draining) close_after_ = true;
  exchange_ =
      std::make_unique<Exchange>(context_, static_cast<ResponseSink&>(*this), std::move(head));
  if (!exchange_->is_connect()) return exchange_->start(arrival_);
  // What is behind the head must have been kept when the tunnel begins. If none does, it is no
  // request either: nobody may make one of it (RFC 9112, 11.2).
  starts_after_parsing_ = true;
  close_after_ = true;
}

void DownstreamConnection::on_request_body(std::string_view bytes) {
  if (exchange_) {
    return exchange_->on_request_body(bytes);
  }
  discarded_ += static_cast<uint32_t>(bytes.size());
  if (discarded_ > kDiscardMax) linger();
}

void DownstreamConnection::on_request_end(Headers&& trailers) {
  request_ended_ = true;
  if (!exchange_) return;
  watch_client();
  exchange_->on_request_end(std::move(trailers));
}

void DownstreamConnection::on_request_error(const Error& error) {
  close_after_ = true;
  if (state_ == State::head) return refuse(error);
  if (exchange_) return exchange_->on_request_broken(error);
  linger();  // answered already
}

// Before there is an exchange: the head could not be read, so nothing is known but the error.
void DownstreamConnection::refuse(const Error& error) {
  const LocalReply reply = problem_reply(error, {}, context_.scheduler.wall_now());
  std::string& out = writer_.gathered();
  append_status_line(out, reply.head.status, reply.head.reason);
  out += reply.fields;
  append_field(out, "Connection", "close");
  append_framing(out, reply.head.framing);
  append_end_of_head(out);
  out += reply.body;

  SessionMetrics& metrics = context_.unrouted;
  ++metrics.requests;
  metrics.from_us.add(reply.head.status);
  metrics.errors.add(error.kind);
  metrics.bytes_out += reply.body.size();

  ExchangeRecord record;
  record.started = context_.scheduler.wall_now();
  record.status = reply.head.status;
  record.bytes_out = reply.body.size();
  record.error = failure_of(error.kind).word;
  context_.access_log.write(record);
  linger();
}

// ---- after the answer (which is in downstream_answer.cc) ----

ResponseSink::Taken DownstreamConnection::take_transport() {
  writer_.flush(*transport_);
  state_ = State::tunnel;
  deadline_.stop();
  later_.cancel();
  Taken taken;
  if (pipelined_) taken.first_bytes = pipelined_->view();
  taken.ended = half_closed_;
  pipelined_.reset();
  transport_->set_listener(nullptr);
  taken.transport = std::move(transport_);
  return taken;
}

void DownstreamConnection::on_exchange_finished() {
  context_.scheduler.dispose(std::move(exchange_));
  if (state_ == State::tunnel) return close();
  if (state_ != State::closed && !parsing_) settle();  // else feed() does, or it is over
}

// ---- between requests ----

// After a step of the parser or the end of an answer: what now?
void DownstreamConnection::settle() {
  if (state_ != State::exchange && state_ != State::discarding) return;
  if (exchange_) {
    return watch_client();
  }
  if (close_after_) return linger();
  if (request_ended_) return next_request();
  if (state_ == State::discarding) return;
  state_ = State::discarding;
  resume_request_body();
  start_deadline(context_.config().downstream.head_timeout);
}

void DownstreamConnection::next_request() {
  if (half_closed_ && !pipelined_) return linger();
  state_ = State::idle;
  parser_.reset();
  writer_.release_memory();
  if (!reading_) {
    reading_ = true;
    transport_->start_reading();
  }
  start_deadline(context_.config().downstream.idle);
  if (pipelined_ && transport_->queued() == 0) later_.schedule();
}

void DownstreamConnection::continue_later() {
  if (!transport_ || state_ == State::closed) return;
  writer_.flush(*transport_);
  if (state_ != State::idle || !pipelined_ || transport_->queued() > 0) return;
  if (!std::exchange(reading_, true)) transport_->start_reading();
  const std::unique_ptr<Buffer> bytes = std::move(pipelined_);
  on_bytes(bytes->view());
  const bool incomplete = state_ == State::head || (state_ == State::exchange && !request_ended_);
  if (!half_closed_) return;
  if (incomplete) return close();
  if (exchange_ && !exchange_->answer_has_begun()) start_deadline(kTurnOfOneWhoLeft);
}

void DownstreamConnection::linger() {
  if (state_ == State::lingering || state_ == State::closed) return;
  state_ = State::lingering;
  writer_.flush(*transport_);
  writer_.release_memory();
  transport_->shutdown();
  if (!reading_) transport_->start_reading();
  reading_ = true;
  const bool drained = transport_->queued() == 0;
  if (half_closed_ && drained) return close();
  start_deadline(drained ? kLinger : context_.config().downstream.idle);
}

// Which silence of the client counts while its exchange runs: that it takes nothing of its answer,
// or sends nothing of its body.
void DownstreamConnection::watch_client() {
  if (!exchange_ || !transport_ || state_ != State::exchange) return;
  if (transport_->queued() > kHighWater) return start_deadline(context_.config().downstream.idle);
  if (owes_body()) return start_deadline(exchange_->body_timeout());
  deadline_.stop();
}

bool DownstreamConnection::owes_body() const {
  return !request_ended_ && reading_ && exchange_->expects_body();
}

void DownstreamConnection::start_deadline(Duration from_now) {
  deadline_.start_at(context_.scheduler.now() + from_now);
}

void DownstreamConnection::on_timeout() {
  switch (state_) {
    case State::head:
      return refuse({ErrorKind::request_timeout,
                     "the request's head did not arrive within downstream.head_timeout", ""});
    case State::exchange:
      if (half_closed_ && (!exchange_->survives_half_close() || transport_->peer_is_closed())) {
        return close();
      }
      if (half_closed_ && !exchange_->answer_has_begun()) return start_deadline(kLookAgain);
      // The answer may have begun since, and then the body may take its time.
      if (transport_->queued() <= kHighWater && !owes_body()) return;
      close_after_ = true;
      return exchange_->on_client_stalled();
    case State::discarding:
      return linger();
    default:
      // What the client has not read is lost, and it must not take the rest for the whole.
      if (transport_->queued() > 0) transport_->reset_on_close();
      return close();
  }
}

void DownstreamConnection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  deadline_.stop();
  later_.cancel();
  if (transport_) {
    transport_->set_listener(nullptr);
    context_.scheduler.dispose(std::move(transport_));
  }
  if (exchange_) {
    exchange_->cancel();
    context_.scheduler.dispose(std::move(exchange_));
  }
  owner_.on_downstream_closed(*this);
}

}  // namespace trunkd
