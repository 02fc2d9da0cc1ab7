#include "demo/origin_connection.h"

#include <utility>

#include "http/date.h"
#include "http/writer.h"

namespace trunkd {
namespace {

// A peer that does not read its answers is not read from either.
constexpr size_t kHighWater = size_t{256} * 1024;
// Bodies are held in memory: this origin is for demonstrations and tests.
constexpr size_t kLongestBody = size_t{16} * 1024 * 1024;

bool has_no_content(int status) { return status == 204 || status == 304; }

}  // namespace

OriginConnection::OriginConnection(Owner& owner, const Clock& clock,
                                   std::unique_ptr<Transport> transport)
    : owner_(owner), clock_(clock), transport_(std::move(transport)), parser_(*this, HeadLimits{}) {
  transport_->set_listener(this);
  transport_->start_reading();
}

void OriginConnection::on_bytes(std::string_view bytes) {
  while (!bytes.empty() && !finishing_) bytes.remove_prefix(parser_.parse(bytes));
}

void OriginConnection::on_end() {
  peer_ended_ = true;
  if (!finishing_) return finish();
  if (transport_->queued() == 0) owner_.on_connection_over(*this);  // disposes of this
}

void OriginConnection::on_transport_error(const Error&) {
  finishing_ = true;
  owner_.on_connection_over(*this);  // disposes of this
}

void OriginConnection::on_drained() {
  if (!finishing_) return transport_->start_reading();
  if (peer_ended_) owner_.on_connection_over(*this);  // disposes of this
}

void OriginConnection::on_request_head(RequestHead&& head) {
  head_ = std::move(head);
  body_.clear();
  if (head_.expect_continue) transport_->write("HTTP/1.1 100 Continue\r\n\r\n");
}

void OriginConnection::on_request_body(std::string_view bytes) {
  if (finishing_) return;
  if (body_.size() + bytes.size() > kLongestBody) {
    return answer({.status = 413, .body = "the body is too long\n", .close = true});
  }
  body_ += bytes;
}

void OriginConnection::on_request_end(Headers&&) {
  if (!finishing_) answer(owner_.respond(head_, body_));
}

void OriginConnection::on_request_error(const Error& error) {
  head_ = {};  // the one before it
  answer({.status = 400, .body = error.detail + '\n', .close = true});
}

void OriginConnection::answer(const Reply& reply) {
  const bool close = reply.close || !head_.keep_alive || head_.minor_version == 0;
  std::string out;
  append_status_line(out, reply.status, standard_reason(reply.status));
  append_field(out, "Date", format_http_date(clock_.wall_now()));
  for (const auto& [name, value] : reply.fields) append_field(out, name, value);
  if (!has_no_content(reply.status)) append_field(out, "Content-Length", reply.body.size());
  if (close) append_field(out, "Connection", "close");
  append_end_of_head(out);
  if (head_.method != "HEAD" && !has_no_content(reply.status)) out += reply.body;

  if (transport_->write(out) > kHighWater) transport_->stop_reading();  // until on_drained()
  if (close) finish();
}

// Reading goes on: a close while the peer still sends would be a reset that could take the answer
// with it (RFC 9112, 9.6).
void OriginConnection::finish() {
  finishing_ = true;
  transport_->start_reading();
  transport_->shutdown();
  if (peer_ended_ && transport_->queued() == 0) owner_.on_connection_over(*this);  // disposes of it
}

}  // namespace trunkd
