#include "support/test_origin.h"

#include <stdexcept>
#include <utility>

#include "event/socket_address.h"
#include "http/writer.h"

namespace trunkd {
namespace {

std::unique_ptr<Listener> listen(Loop& loop, Listener::OnAccept on_accept) {
  auto listener = Listener::tcp(loop, *SocketAddress::parse("127.0.0.1", 0), std::move(on_accept));
  if (!listener) throw std::runtime_error("no port to listen on: " + listener.error().detail);
  return std::move(*listener);
}

}  // namespace

TestOrigin::TestOrigin(Loop& loop)
    : loop_(loop), script_(script::answer(200, "hello\n")), count_(loop) {
  listener_ = listen(loop, [this](auto transport) { accept(std::move(transport)); });
}

TestOrigin::~TestOrigin() = default;

Origin TestOrigin::origin() const { return {Scheme::http, "127.0.0.1", port()}; }

std::string TestOrigin::url() const { return origin().text(); }

void TestOrigin::accept(std::unique_ptr<Transport> transport) {
  count_.opened();
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

void TestOrigin::on_closed(Connection&) { count_.closed(); }

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

uint16_t refusing_port(Loop& loop) {
  return listen(loop, [](auto) {})->port();
}

}  // namespace trunkd
