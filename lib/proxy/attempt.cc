#include "proxy/attempt.h"

#include <algorithm>
#include <utility>

namespace trunkd {

Attempt::Attempt(Scheduler& scheduler, Session& session, const Origin& origin, AttemptOwner& owner)
    : scheduler_(scheduler), session_(session), origin_(origin), owner_(owner) {}

Attempt::~Attempt() { cancel(); }

void Attempt::start(const LeaseTerms& terms) {
  asked_ = scheduler_.now();
  terms_ = terms;
  if (auto lease = session_.pool().try_acquire(origin_, terms)) return on_lease(std::move(*lease));
  waiting_.emplace(static_cast<LeaseListener&>(*this), origin_, terms);
  if (const auto queued = session_.pool().enqueue(*waiting_); !queued) {
    on_lease_failed(queued.error());
  }
}

void Attempt::start_in_slot_of(Attempt& dead, const LeaseTerms& terms) {
  asked_ = scheduler_.now();
  terms_ = terms;
  dead.sending_ = false;
  dead.connection().abandon();
  waiting_.emplace(static_cast<LeaseListener&>(*this), origin_, terms);
  Lease lease = std::move(*dead.lease_);
  dead.lease_.reset();
  session_.pool().reopen(std::move(lease), *waiting_);
}

void Attempt::on_lease(Lease lease) {
  waiting_.reset();
  lease_.emplace(std::move(lease));
  const auto waited = scheduler_.now() - asked_;
  facts_.reused = lease_->reused();
  facts_.kept = lease_->kept();
  if (!facts_.kept) facts_.times = connection().connect_times();
  const Duration opening = facts_.times.dns + facts_.times.connect + facts_.times.tls;
  facts_.queue = std::max(Duration{}, waited - opening);
  facts_.connection_id = connection().id();
  // It may have ended between the pool's choice and now, or its end wait for the event loop: of
  // that a request that cannot be sent twice must not make a loss.
  const bool must_be_open = facts_.kept && terms_.freshness == Freshness::proven;
  if (must_be_open ? connection().still_open() : connection().reusable()) {
    return owner_.on_attempt_ready();
  }
  if (facts_.kept) return replace_connection();
  cancel();
  on_lease_failed({ErrorKind::connection_terminated,
                   origin_.authority() + " closed the connection before the request was sent"});
}

// Nothing has been sent, so nothing is lost, and this is no second start for the gate.
void Attempt::replace_connection() {
  ++session_.metrics().stale_replaced;
  terms_.gate = nullptr;
  Lease dead = std::move(*lease_);
  lease_.reset();
  waiting_.emplace(static_cast<LeaseListener&>(*this), origin_, terms_);
  session_.pool().reopen(std::move(dead), *waiting_);
}

void Attempt::on_lease_failed(const Error& error) {
  waiting_.reset();
  facts_.queue = scheduler_.now() - asked_;
  AttemptResult failed = result();
  failed.error = error;
  owner_.on_attempt_failed(failed);
}

void Attempt::send(const UpstreamRequest& request) {
  sending_ = request_sent_ = true;
  sent_ = scheduler_.now();
  connection().start(*this, request);
  facts_.uses = connection().uses();
}

OpenedWay Attempt::take_transport() {
  OpenedWay way = connection().take_transport();
  facts_.uses = connection().uses();
  return way;
}

AttemptResult Attempt::result() const {
  AttemptResult result;
  result.kept = facts_.kept;
  result.request_sent = request_sent_;
  result.response_started = response_started_;
  result.informational = informational_;
  return result;
}

void Attempt::on_informational(ResponseHead&& head) {
  note_answer_began();
  informational_ = true;
  owner_.on_attempt_informational(head);
}

void Attempt::on_response_head(ResponseHead&& head) {
  // A 408 was sent before our request was read (RFC 9110, 15.5.9).
  if (head.status == 408 && !response_started_ && facts_.kept) {
    lease_->note_stale();
    response_started_ = true;
  }
  note_answer_began();
  facts_.ttfb = scheduler_.now() - sent_;
  owner_.on_attempt_head(std::move(head));
}

void Attempt::note_answer_began() {
  if (!std::exchange(response_started_, true) && facts_.kept) lease_->note_carried();
}

void Attempt::on_response_body(std::string_view bytes) { owner_.on_attempt_body(bytes); }

void Attempt::on_response_end(Headers&& trailers) {
  sending_ = false;
  lease_.reset();  // at once: the next in the queue need not wait for this client
  owner_.on_attempt_end(trailers);
}

void Attempt::on_upgraded(ResponseHead&& head, std::unique_ptr<Transport> transport,
                          std::string_view first_bytes) {
  sending_ = false;
  note_answer_began();
  facts_.ttfb = scheduler_.now() - sent_;
  owner_.on_attempt_upgraded(std::move(head), std::move(transport), first_bytes);
}

// The lease stays: a replay takes over its slot.
void Attempt::on_upstream_error(const Error& error) {
  sending_ = false;
  response_started_ = response_started_ || connection().response_started();
  if (facts_.kept && !response_started_ && error.kind == ErrorKind::connection_terminated) {
    lease_->note_stale();
  }
  AttemptResult failed = result();
  failed.error = error;
  owner_.on_attempt_failed(failed);
}

void Attempt::on_upstream_drained() { owner_.on_attempt_drained(); }

void Attempt::cancel() {
  if (waiting_) facts_.queue = scheduler_.now() - asked_;
  waiting_.reset();
  if (lease_) connection().abandon();
  lease_.reset();
}

}  // namespace trunkd
