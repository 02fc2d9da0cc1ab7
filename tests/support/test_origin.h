// TestOrigin: a scripted origin on the test's own loop. It answers, stalls, sends half a head or
// any bytes, closes in every way there is, plain or over TLS; and it records what it got.

#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/origin.h"
#include "demo/origin_listener.h"
#include "event/loop.h"
#include "http/message.h"
#include "net/self_signed.h"
#include "net/tls_server.h"
#include "support/test_origin_connection.h"

namespace trunkd {

class TestOrigin final : private TestOriginConnection::Owner {
 public:
  using Connection = TestOriginConnection;
  // What to do about a request when all of it is there. It may also keep the reference and act
  // later: a connection lives as long as its origin, closed or not.
  using Script = std::function<void(Connection&, const TestRequest&)>;

  // Listens on 127.0.0.1 and a free port; answers 200 "hello\n" until told otherwise.
  explicit TestOrigin(Loop& loop, const std::optional<TlsServerSettings>& tls = std::nullopt);
  ~TestOrigin();

  const Origin& origin() const { return listener_->origin(); }  // as the pool knows it
  uint16_t port() const { return origin().port; }
  std::string url() const { return origin().text(); }  // "http://127.0.0.1:40123"

  // For all requests from now on.
  void script(Script script) { script_ = std::move(script); }
  // For the next request that has none yet, in order of arrival; then script() again.
  void next(Script script) { next_.push_back(std::move(script)); }
  // For each new connection, before it has sent anything.
  void on_connection(std::function<void(Connection&)> act) { on_connection_ = std::move(act); }
  // For each head, before its body has been read: early answers.
  void on_head(std::function<void(Connection&, const RequestHead&)> act) {
    on_head_ = std::move(act);
  }
  // A connection stays open when its peer has ended, until the test closes it.
  void keep_half_closed(bool keep) { keep_half_closed_ = keep; }
  void stop_listening() { listener_->stop_listening(); }

  uint64_t accepted() const { return listener_->connections().accepted(); }
  uint64_t open() const { return listener_->connections().open(); }
  uint64_t max_open() const { return listener_->connections().max_open(); }
  const HandshakeCounts& handshakes() const { return listener_->handshakes(); }
  size_t requests() const { return requests_; }
  // In the order they came, for TLS after the handshake; also those that are closed.
  Connection& connection(size_t index) { return *connections_.at(index); }
  size_t connections() const { return connections_.size(); }

 private:
  void adopt(std::unique_ptr<Transport> transport);
  void on_request_head(Connection& connection, const RequestHead& head) override;
  void on_request(Connection& connection, const TestRequest& request) override;
  void on_peer_ended(Connection& connection) override;
  void on_closed(Connection& connection) override;

  Loop& loop_;
  Script script_;
  std::deque<Script> next_;
  std::function<void(Connection&)> on_connection_;
  std::function<void(Connection&, const RequestHead&)> on_head_;
  bool keep_half_closed_ = false;
  size_t requests_ = 0;
  std::unique_ptr<OriginListener> listener_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

// Scripts that many tests need.
namespace script {

// `fields` are whole lines, "X-A: 1\r\nX-B: 2\r\n".
TestOrigin::Script answer(int status, std::string body = {}, std::string fields = {});
TestOrigin::Script answer_chunked(std::vector<std::string> chunks);
TestOrigin::Script echo();                           // 200 with the request's body
TestOrigin::Script stall();                          // nothing, ever
TestOrigin::Script send(std::string raw);            // these bytes
TestOrigin::Script send_and_end(std::string raw);    // then FIN, for TLS after close_notify
TestOrigin::Script send_and_cut(std::string raw);    // then FIN, for TLS without close_notify
TestOrigin::Script send_and_reset(std::string raw);  // then RST

}  // namespace script

// A certificate for 127.0.0.1 and localhost, as the settings of an origin. Its own PEM is the
// authority to trust.
TlsServerSettings test_certificate();

// A port of 127.0.0.1 that refuses connections: it was free a moment ago.
uint16_t refusing_port(Loop& loop);

}  // namespace trunkd
