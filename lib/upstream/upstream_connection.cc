#include "upstream/upstream_connection.h"

#include <cassert>
#include <utility>

#include "http/fields.h"
#include "http/writer.h"

namespace trunkd {
namespace {

// A longer body, or what a tunnel carries, may fill the origin's window. While that is closed the
// system counts the time as one without acknowledgement, though the origin is only slow to read.
constexpr uint64_t kFitsAnyWindow = 16 * 1024;

}  // namespace

UpstreamConnection::UpstreamConnection(Scheduler& scheduler, const Origin& origin, Dialled dialled,
                                       uint64_t id, Duration dead_after)
    : scheduler_(scheduler),
      origin_(origin),
      transport_(std::move(dialled.transport)),
      times_(dialled.times),
      address_(std::move(dialled.address)),
      id_(id),
      tls_resumed_(dialled.tls_resumed),
      tls_(dialled.tls),
      dead_after_(dead_after),
      parser_(*this, HeadLimits{}),
      flush_(scheduler, [this] { flush(); }),
      deadline_(scheduler, [this] { on_timeout(); }),
      first_bytes_(std::move(dialled.first_bytes)) {
  if (dead_after_ > Duration::zero()) transport_->set_dead_after(dead_after_);
  transport_->set_listener(this);
  transport_->start_reading();
}

UpstreamConnection::~UpstreamConnection() {
  if (transport_) transport_->set_listener(nullptr);
}

void UpstreamConnection::start(UpstreamListener& listener, const UpstreamRequest& request) {
  assert(reusable());
  state_ = State::busy;
  listener_ = &listener;
  ++uses_;
  request_ended_ = response_ended_ = head_seen_ = false;
  keep_alive_ = true;
  framing_ = request.framing;
  response_timeout_ = request.response_timeout;
  read_timeout_ = request.read_timeout;
  parser_.expect(request.head_method, request.upgrade);
  set_patience(framing_);

  writer_.write(*transport_, request.head);
  if (!framing_.has_body()) {
    request_ended_ = true;
    flush();
  } else {
    flush_.schedule();
  }
  // The time of a body's sender is not the origin's, unless the sender waits for the origin.
  if (request_ended_ || request.expect_continue) {
    deadline_.start_at(scheduler_.now() + response_timeout_);
  }
}

size_t UpstreamConnection::send_body(std::string_view bytes) {
  if (state_ != State::busy || request_ended_ || bytes.empty()) return 0;
  if (framing_.kind == Framing::chunked) append_chunk_head(writer_.gathered(), bytes.size());
  writer_.write(*transport_, bytes);
  if (framing_.kind == Framing::chunked) writer_.write(*transport_, kChunkTail);
  if (!writer_.empty()) flush_.schedule();
  push_deadline();
  return transport_->queued() + writer_.size();
}

void UpstreamConnection::end_body(const Headers& trailers) {
  if (state_ != State::busy || request_ended_) return;
  request_ended_ = true;
  if (framing_.kind == Framing::chunked) append_last_chunk(writer_.gathered(), trailers);
  flush();
  push_deadline();
}

OpenedWay UpstreamConnection::take_transport() {
  assert(reusable() && origin_.is_tunnel());
  end_reason_ = CloseReason::tunnel;
  state_ = State::closed;
  ++uses_;
  let_be_slow();
  transport_->set_listener(nullptr);
  return {std::move(transport_), std::move(first_bytes_)};
}

void UpstreamConnection::abandon() {
  listener_ = nullptr;
  if (retired_ && state_ != State::busy) end_reason_ = CloseReason::retired;
  if (state_ == State::busy || retired_) close();
}

void UpstreamConnection::retire() {
  retired_ = true;
  if (state_ == State::idle && idle_listener_ != nullptr) lose_idle(IdleEnd::by_us);
}

void UpstreamConnection::pause_reading() {
  if (!transport_ || !reading_) return;
  reading_ = false;
  deadline_.stop();
  transport_->stop_reading();
}

void UpstreamConnection::resume_reading() {
  if (!transport_ || reading_) return;
  reading_ = true;
  push_deadline();
  transport_->start_reading();
}

void UpstreamConnection::on_bytes(std::string_view bytes) {
  if (state_ == State::idle) return lose_idle(IdleEnd::by_origin);
  if (state_ != State::busy) return;
  const size_t used = parser_.parse(bytes);
  if (state_ != State::busy) return;
  if (head_seen_) push_deadline();  // a head that drips gets no more time than a silent one
  if (switching_) return upgrade(bytes.substr(used));
  if (!response_ended_) return;
  // Bytes behind the end belong to no request: an origin that sends them is not asked again.
  if (used < bytes.size()) keep_alive_ = false;
  finish_response();
}

void UpstreamConnection::on_end() {
  if (state_ == State::idle) return lose_idle(IdleEnd::by_origin);
  if (state_ != State::busy) return;
  keep_alive_ = false;
  parser_.end_of_stream();  // ends a close-delimited body, else on_response_error()
  if (state_ == State::busy && response_ended_) finish_response();
}

void UpstreamConnection::on_transport_error(const Error& error) {
  if (state_ == State::idle) return lose_idle(IdleEnd::by_origin);
  if (state_ == State::busy) fail(told_of_origin(error));
}

void UpstreamConnection::on_drained() {
  if (state_ != State::busy) return;
  push_deadline();
  if (listener_ != nullptr && !request_ended_) listener_->on_upstream_drained();
}

void UpstreamConnection::on_informational(ResponseHead&& head) {
  if (listener_ != nullptr) listener_->on_informational(std::move(head));
}

void UpstreamConnection::on_response_head(ResponseHead&& head) {
  // A client that has no business with the proxy would take it for a question to itself.
  if (head.status == 407 && proxy_ != nullptr) {
    parser_.pause();
    return fail(proxy_->login_refused("the request to " + origin_.authority(), head));
  }
  if (head.status == 101) {
    switching_ = std::move(head);
    return;
  }
  head_seen_ = true;
  says_close_ = !head.keep_alive;
  keep_alive_ = keep_alive_ && head.keep_alive;
  if (keep_alive_) keep_alive_hint_ = keep_alive_timeout(head.headers);
  if (listener_ != nullptr) listener_->on_response_head(std::move(head));
}

void UpstreamConnection::on_response_body(std::string_view bytes) {
  if (listener_ != nullptr) listener_->on_response_body(bytes);
}

void UpstreamConnection::on_response_end(Headers&& trailers) {
  response_ended_ = true;
  trailers_ = std::move(trailers);
}

void UpstreamConnection::on_response_error(const Error& error) { fail(told_of_origin(error)); }

Error UpstreamConnection::told_of_origin(Error error) const {
  error.detail = origin_.authority() + ": " + error.detail;
  return error;
}

// Back in the pool before the listener hears of it: the lease may end in on_response_end().
void UpstreamConnection::finish_response() {
  const bool whole = request_ended_ && transport_->queued() == 0 && writer_.empty();
  if (whole && keep_alive_ && !retired_ && !transport_->has_buffered_input()) {
    state_ = State::idle;
    deadline_.stop();
    if (!reading_) resume_reading();
  } else {
    if (whole && says_close_) end_reason_ = CloseReason::said_close;
    if (whole && keep_alive_ && retired_) end_reason_ = CloseReason::retired;
    close();
  }
  Headers trailers = std::move(*trailers_);
  trailers_.reset();
  if (UpstreamListener* listener = std::exchange(listener_, nullptr)) {
    listener->on_response_end(std::move(trailers));
  }
}

void UpstreamConnection::upgrade(std::string_view first_bytes) {
  flush();
  state_ = State::closed;
  end_reason_ = CloseReason::tunnel;
  deadline_.stop();
  let_be_slow();
  transport_->set_listener(nullptr);
  ResponseHead head = std::move(*switching_);
  switching_.reset();
  if (UpstreamListener* listener = std::exchange(listener_, nullptr)) {
    listener->on_upgraded(std::move(head), std::move(transport_), first_bytes);
  } else {
    scheduler_.dispose(std::move(transport_));
  }
}

// Costs nothing as long as the requests of a connection are alike.
void UpstreamConnection::set_patience(const BodyFraming& body) {
  if (dead_after_ == Duration::zero()) return;
  const bool patient = body.kind == Framing::chunked ||
                       (body.kind == Framing::length && body.length > kFitsAnyWindow);
  if (patient) return let_be_slow();
  if (std::exchange(patient_, false)) transport_->set_dead_after(dead_after_);
}

void UpstreamConnection::let_be_slow() {
  const bool was_patient = std::exchange(patient_, true) || dead_after_ == Duration::zero();
  if (!was_patient) transport_->set_dead_after(Duration::zero());
}

// One deadline serves both: until the head has come it is the response's, then the body's. While
// the request's body is under way each step of it counts as life; how long a slow client may take
// is the exchange's business.
void UpstreamConnection::push_deadline() {
  if (state_ != State::busy || !reading_) return;
  const bool waits_for_client = !request_ended_ && transport_->queued() == 0 && !head_seen_;
  if (waits_for_client) return deadline_.stop();
  deadline_.start_at(scheduler_.now() + (head_seen_ ? read_timeout_ : response_timeout_));
}

void UpstreamConnection::on_timeout() {
  if (state_ != State::busy) return;
  if (head_seen_) {
    fail({ErrorKind::read_timeout, origin_.authority() + " fell silent within the response body",
          ""});
  } else {
    fail({ErrorKind::response_timeout,
          origin_.authority() + " did not begin to answer within timeouts.response", ""});
  }
}

void UpstreamConnection::flush() {
  flush_.cancel();
  if (transport_ && state_ != State::closed) writer_.flush(*transport_);
}

void UpstreamConnection::close() {
  state_ = State::closed;
  deadline_.stop();
  flush_.cancel();
  writer_.release_memory();
  if (!transport_) return;
  transport_->set_listener(nullptr);
  // A reset where the request was cut short: the origin must not take it for a whole one.
  if (!request_ended_) transport_->reset_on_close();
  scheduler_.dispose(std::move(transport_));
}

void UpstreamConnection::fail(const Error& error) {
  close();
  if (UpstreamListener* listener = std::exchange(listener_, nullptr)) {
    listener->on_upstream_error(error);
  }
}

void UpstreamConnection::lose_idle(IdleEnd end) {
  request_ended_ = true;
  end_reason_ = end == IdleEnd::by_origin ? CloseReason::ended_idle : CloseReason::retired;
  close();
  if (idle_listener_ != nullptr) idle_listener_->on_idle_connection_lost(*this, end);
}

}  // namespace trunkd
