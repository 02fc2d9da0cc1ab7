#include "support/test_client.h"

#include <stdexcept>
#include <utility>

#include "base/text.h"
#include "event/socket_address.h"

namespace trunkd {

TestClient::TestClient(Loop& loop) : loop_(loop), parser_(*this, HeadLimits{}) {}

TestClient::TestClient(Loop& loop, uint16_t port) : TestClient(loop, "127.0.0.1", port) {}

TestClient::TestClient(Loop& loop, const std::string& host, uint16_t port) : TestClient(loop) {
  const auto address = SocketAddress::parse(host, port);
  if (!address) throw std::runtime_error("no address literal: " + host);
  host_ = address->text();
  connecting_ = connect_tcp(loop, *address, [this](auto done) { on_connected(std::move(done)); });
}

TestClient::TestClient(Loop& loop, std::unique_ptr<Transport> transport) : TestClient(loop) {
  host_ = "localhost";
  adopt(std::move(transport));
}

std::unique_ptr<TestClient> TestClient::over_unix(Loop& loop, const std::string& path) {
  std::unique_ptr<TestClient> client(new TestClient(loop));
  client->host_ = "localhost";
  client->connecting_ = connect_unix(
      loop, path, [raw = client.get()](auto done) { raw->on_connected(std::move(done)); });
  return client;
}

TestClient::~TestClient() = default;

TestCall TestClient::get(std::string_view target, std::string_view fields) {
  return request("GET", target, fields);
}

TestCall TestClient::request(std::string_view method, std::string_view target,
                             std::string_view fields, std::string_view body) {
  std::string out;
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  const bool has_host =
      istarts_with(fields, "Host:") || to_lower(fields).find("\r\nhost:") != std::string::npos;
  if (!has_host) out.append("Host: ").append(host_).append("\r\n");
  out.append(fields);
  if (!body.empty()) out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  out.append("\r\n").append(body);
  return send_request(out, method == "HEAD");
}

TestCall TestClient::send_request(std::string_view raw, bool head_request, bool upgrade_requested) {
  expected_.push_back({std::make_shared<TestResponse>(), head_request, upgrade_requested});
  const TestCall call(expected_.back().response);
  if (gone() || connect_failed_) {
    fail_all();
    return call;
  }
  if (expected_.size() == 1) expect_first();
  send(raw);
  return call;
}

void TestClient::send(std::string_view raw) {
  if (transport_) {
    transport_->write(raw);
  } else {
    unsent_ += raw;
  }
}

void TestClient::on_connected(Result<std::unique_ptr<Transport>> transport) {
  loop_.dispose(std::move(connecting_));
  if (!transport) {
    connect_failed_ = true;
    return fail_all();
  }
  adopt(std::move(*transport));
}

void TestClient::adopt(std::unique_ptr<Transport> transport) {
  transport_ = std::move(transport);
  transport_->set_listener(this);
  if (reading_) transport_->start_reading();
  if (!unsent_.empty()) transport_->write(std::exchange(unsent_, {}));
  if (half_close_wanted_) transport_->shutdown();
}

void TestClient::half_close() {
  half_close_wanted_ = true;
  if (transport_) transport_->shutdown();
}

// The transport's own methods may be on the stack.
void TestClient::close() {
  if (connecting_) loop_.dispose(std::move(connecting_));
  if (transport_) {
    transport_->set_listener(nullptr);
    loop_.dispose(std::move(transport_));
  }
  ended_ = true;
  fail_all();
}

void TestClient::reset() {
  if (transport_) transport_->reset_on_close();
  close();
}

void TestClient::stop_reading() {
  reading_ = false;
  if (transport_) transport_->stop_reading();
}

void TestClient::start_reading() {
  reading_ = true;
  if (transport_) transport_->start_reading();
}

size_t TestClient::queued() const { return transport_ ? transport_->queued() : 0; }

void TestClient::expect_first() {
  parser_.expect(expected_.front().head_request, expected_.front().upgrade_requested);
}

void TestClient::end_first(bool complete) {
  TestResponse& response = *expected_.front().response;
  (complete ? response.complete : response.failed) = true;
  expected_.pop_front();
}

void TestClient::fail_all() {
  while (!expected_.empty()) end_first(false);
}

void TestClient::on_bytes(std::string_view bytes) {
  if (keep_bytes_) raw_ += bytes;
  while (!bytes.empty() && !tunnel_ && !expected_.empty()) {
    bytes.remove_prefix(parser_.parse(bytes));
    if (!tunnel_ && !expected_.empty() && !parser_.expecting()) expect_first();
  }
  rest_ += bytes;
}

void TestClient::on_end() {
  ended_ = true;
  if (parser_.expecting()) parser_.end_of_stream();
  fail_all();
}

void TestClient::on_transport_error(const Error&) {
  broke_ = true;
  transport_->set_listener(nullptr);
  loop_.dispose(std::move(transport_));
  fail_all();
}

void TestClient::on_informational(ResponseHead&& head) {
  expected_.front().response->informational.push_back(std::move(head));
}

void TestClient::on_response_head(ResponseHead&& head) {
  TestResponse& response = *expected_.front().response;
  response.head = std::move(head);
  response.head_seen = true;
  if (response.head.status != 101) return;
  tunnel_ = true;
  end_first(true);
}

void TestClient::on_response_body(std::string_view bytes) {
  TestResponse& response = *expected_.front().response;
  response.body_bytes += bytes.size();
  if (keep_bytes_) response.body += bytes;
}

void TestClient::on_response_end(Headers&& trailers) {
  expected_.front().response->trailers = std::move(trailers);
  end_first(true);
}

void TestClient::on_response_error(const Error&) { fail_all(); }

}  // namespace trunkd
