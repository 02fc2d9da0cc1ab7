#include "support/test_origin.h"

#include <stdexcept>
#include <utility>

#include "http/writer.h"

namespace trunkd {
namespace {

std::unique_ptr<OriginListener> listen(Loop& loop, const std::optional<TlsServerSettings>& tls,
                                       OriginListener::OnConnection on_connection) {
  auto listener = OriginListener::start(loop, tls, std::move(on_connection));
  if (!listener) throw std::runtime_error("the origin cannot listen: " + listener.error().detail);
  return std::move(*listener);
}

}  // namespace

TestOrigin::TestOrigin(Loop& loop, const std::optional<TlsServerSettings>& tls)
    : loop_(loop),
      script_(script::answer(200, "hello\n")),
      listener_(listen(loop, tls, [this](auto transport) { adopt(std::move(transport)); })) {}

TestOrigin::~TestOrigin() = default;

void TestOrigin::adopt(std::unique_ptr<Transport> transport) {
  Connection::Owner& owner = *this;
  connections_.push_back(std::make_unique<Connection>(owner, loop_, std::move(transport)));
  if (on_connection_) on_connection_(*connections_.back());
}

void TestOrigin::on_request_head(Connection& connection, const RequestHead& head) {
  if (on_head_) on_head_(connection, head);
}

void TestOrigin::on_request(Connection& connection, const TestRequest& request) {
  ++requests_;
  if (next_.empty()) return script_(connection, request);
  const Script script = std::move(next_.front());
  next_.pop_front();
  script(connection, request);
}

void TestOrigin::on_peer_ended(Connection& connection) {
  if (keep_half_closed_) return;
  connection.end();
  connection.close();
}

void TestOrigin::on_closed(Connection&) { listener_->connection_closed(); }

namespace script {

TestOrigin::Script answer(int status, std::string body, std::string fields) {
  return [=](auto& connection, const TestRequest&) { connection.reply(status, body, fields); };
}

TestOrigin::Script answer_chunked(std::vector<std::string> chunks) {
  std::string out = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& chunk : chunks) {
    append_chunk_head(out, chunk.size());
    out += chunk;
    out += kChunkTail;
  }
  append_last_chunk(out, Headers());
  return send(std::move(out));
}

TestOrigin::Script echo() {
  return [](auto& connection, const TestRequest& request) { connection.reply(200, request.body); };
}

TestOrigin::Script stall() {
  return [](auto&, const TestRequest&) {};
}

TestOrigin::Script send(std::string raw) {
  return [=](auto& connection, const TestRequest&) { connection.send(raw); };
}

TestOrigin::Script send_and_end(std::string raw) {
  return [=](auto& connection, const TestRequest&) {
    connection.send(raw);
    connection.end();
  };
}

TestOrigin::Script send_and_cut(std::string raw) {
  return [=](auto& connection, const TestRequest&) {
    connection.send(raw);
    connection.close();
  };
}

TestOrigin::Script send_and_reset(std::string raw) {
  return [=](auto& connection, const TestRequest&) {
    connection.send(raw);
    connection.reset();
  };
}

}  // namespace script

TlsServerSettings test_certificate() {
  const auto made = make_self_signed({"127.0.0.1", "localhost"});
  if (!made) throw std::runtime_error("no certificate: " + made.error().detail);
  TlsServerSettings settings;
  settings.certificate = made->certificate;
  settings.key = made->key;
  return settings;
}

uint16_t refusing_port(Loop& loop) {
  return listen(loop, std::nullopt, [](auto) {})->origin().port;
}

}  // namespace trunkd
