// The answer on its way to the client: the half of a DownstreamConnection that is a ResponseSink.

#include <utility>

#include "http/writer.h"
#include "proxy/downstream_connection.h"

namespace trunkd {
namespace {

bool has_body(const RequestHead& request, int status) {
  return request.method != "HEAD" && status >= 200 && status != 204 && status != 304;
}

}  // namespace

void DownstreamConnection::append_connection(std::string& out) const {
  if (close_after_) {
    append_field(out, "Connection", "close");
  } else if (exchange_->request().minor_version == 0) {
    append_field(out, "Connection", "keep-alive");
  }
}

// How the body is framed towards this client: chunked only if it knows that (RFC 9112, 6.1).
BodyFraming DownstreamConnection::response_framing(const ResponseHead& head) const {
  if (!has_body(exchange_->request(), head.status)) return {};
  if (head.framing.kind == Framing::length) return head.framing;
  if (head.framing.kind == Framing::none) return {Framing::length, 0};
  if (exchange_->request().minor_version == 0) return {Framing::until_close, 0};
  return {Framing::chunked, 0};
}

void DownstreamConnection::append_response_framing(std::string& out,
                                                   const ResponseHead& head) const {
  if (has_body(exchange_->request(), head.status)) {
    return append_framing(out, response_framing(head));
  }
  // What a GET would have had (RFC 9110, 8.6).
  if (exchange_->request().method != "HEAD" && head.status != 304) return;
  if (head.framing.kind == Framing::length) return append_framing(out, head.framing);
  if (const auto length = head.headers.get("Content-Length")) {
    append_field(out, "Content-Length", *length);
  }
}

void DownstreamConnection::send_informational(const ResponseHead& head, std::string_view fields) {
  std::string& out = writer_.gathered();
  append_status_line(out, head.status, head.reason);
  out += fields;
  append_end_of_head(out);
  later_.schedule();
  watch_client();  // it may be told to go on
}

void DownstreamConnection::send_head(const ResponseHead& head, std::string_view fields) {
  std::string& out = writer_.gathered();
  append_status_line(out, head.status, head.reason);
  out += fields;
  if (head.status == 101) {
    append_field(out, "Connection", "Upgrade");
    append_field(out, "Upgrade", head.headers.get("Upgrade").value_or("websocket"));
    append_end_of_head(out);
    return;
  }
  // What follows is the tunnel: no framing, no Connection (RFC 9110, 9.3.6).
  if (exchange_->is_connect() && head.status == 200) return append_end_of_head(out);
  response_framing_ = response_framing(head).kind;
  if (response_framing_ == Framing::until_close) close_after_ = true;
  // A client that waits for "100 Continue" and gets this instead may send its body or not: only a
  // new connection is unambiguous (RFC 9110, 10.1.1).
  if (exchange_->request().expect_continue && !request_ended_) close_after_ = true;
  if (context_.draining) close_after_ = true;
  append_connection(out);
  append_response_framing(out, head);
  append_end_of_head(out);
  later_.schedule();
}

size_t DownstreamConnection::send_body(std::string_view bytes) {
  if (bytes.empty() || !transport_) return 0;
  const bool chunked = response_framing_ == Framing::chunked;
  if (chunked) append_chunk_head(writer_.gathered(), bytes.size());
  writer_.write(*transport_, bytes);
  if (chunked) writer_.gathered() += kChunkTail;
  if (!writer_.empty()) later_.schedule();
  const size_t queued = transport_->queued() + writer_.size();
  if (queued > kHighWater) watch_client();
  return queued;
}

void DownstreamConnection::send_end(const Headers& trailers) {
  if (response_framing_ == Framing::chunked) append_last_chunk(writer_.gathered(), trailers);
  writer_.flush(*transport_);
}

void DownstreamConnection::abort() {
  if (transport_) transport_->reset_on_close();
  close();
}

void DownstreamConnection::pause_request_body() {
  if (!std::exchange(reading_, false)) return;
  transport_->stop_reading();
  watch_client();
}

void DownstreamConnection::resume_request_body() {
  if (!transport_ || std::exchange(reading_, true)) return;
  transport_->start_reading();
  watch_client();
}

}  // namespace trunkd
