#include "support/test_origin_connection.h"

#include <utility>

#include "http/writer.h"

namespace trunkd {

TestOriginConnection::TestOriginConnection(Owner& owner, TaskQueue& queue,
                                           std::unique_ptr<Transport> transport)
    : owner_(owner), queue_(queue), transport_(std::move(transport)), parser_(*this, HeadLimits{}) {
  transport_->set_listener(this);
  transport_->start_reading();
}

void TestOriginConnection::reply(int status, std::string_view body, std::string_view fields) {
  std::string out;
  append_status_line(out, status, standard_reason(status));
  out += fields;
  if (status != 204 && status != 304) append_field(out, "Content-Length", body.size());
  append_end_of_head(out);
  if (current_.head.method != "HEAD") out += body;
  send(out);
}

void TestOriginConnection::send(std::string_view raw) {
  if (transport_) transport_->write(raw);
}

void TestOriginConnection::end() {
  if (transport_) transport_->shutdown();
}

// The transport's own methods may be on the stack.
void TestOriginConnection::close() {
  if (!transport_) return;
  transport_->set_listener(nullptr);
  queue_.dispose(std::move(transport_));
  owner_.on_closed(*this);
}

void TestOriginConnection::reset() {
  if (transport_) transport_->reset_on_close();
  close();
}

void TestOriginConnection::stop_reading() {
  if (transport_) transport_->stop_reading();
}

void TestOriginConnection::start_reading() {
  if (transport_) transport_->start_reading();
}

void TestOriginConnection::on_bytes(std::string_view bytes) {
  bytes_received_ += bytes.size();
  if (keep_bytes_) raw_ += bytes;
  while (!bytes.empty() && transport_ && !parser_.failed()) {
    bytes.remove_prefix(parser_.parse(bytes));  // a script may close the connection
  }
}

void TestOriginConnection::on_end() {
  peer_ended_ = true;
  owner_.on_peer_ended(*this);
}

void TestOriginConnection::on_transport_error(const Error&) {
  peer_broke_ = true;
  close();
}

void TestOriginConnection::on_request_head(RequestHead&& head) {
  current_ = {std::move(head), {}, {}};
  owner_.on_request_head(*this, current_.head);
}

void TestOriginConnection::on_request_body(std::string_view bytes) {
  if (keep_bytes_) current_.body += bytes;
}

void TestOriginConnection::on_request_end(Headers&& trailers) {
  current_.trailers = std::move(trailers);
  requests_.push_back(current_);
  owner_.on_request(*this, requests_.back());
}

}  // namespace trunkd
