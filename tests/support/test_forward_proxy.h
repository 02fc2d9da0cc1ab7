// TestForwardProxy: a proxy on the test's own loop that knows every host at 127.0.0.1, or says what
// the test tells it to say. It speaks HTTP (CONNECT and absolute form) or SOCKS 5.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "event/listener.h"
#include "event/loop.h"

namespace trunkd {

class TestForwardProxy {
 public:
  enum class Speaks : uint8_t { http, socks };

  // Listens on 127.0.0.1 and a free port.
  explicit TestForwardProxy(Loop& loop, Speaks speaks = Speaks::http);
  ~TestForwardProxy();
  TestForwardProxy(const TestForwardProxy&) = delete;
  TestForwardProxy& operator=(const TestForwardProxy&) = delete;

  uint16_t port() const { return listener_->port(); }
  std::string address() const { return "127.0.0.1:" + std::to_string(port()); }

  // HTTP: what answers each head, and nobody is connected to. Empty: silence.
  void answer(std::string raw) { answer_ = std::move(raw); }
  void be_silent() { answer_ = ""; }
  // HTTP: what opens a tunnel instead of a plain 200, with bytes behind it perhaps.
  void open_tunnels_with(std::string raw) { tunnel_answer_ = std::move(raw); }
  // SOCKS: who is let in, "user:password"; else all are, without a login.
  void want_login(std::string login) { login_ = std::move(login); }
  // SOCKS: the code that answers each request.
  void fail_with(uint8_t result) { result_ = result; }

  // HTTP: the first head of each connection, all of them while answer() answers. SOCKS:
  // "api.test:443".
  const std::vector<std::string>& asked() const { return asked_; }
  size_t accepted() const { return connections_.size(); }

 private:
  class Connection;

  Loop& loop_;
  const Speaks speaks_;
  std::optional<std::string> answer_;
  std::string tunnel_answer_ = "HTTP/1.1 200 Connection established\r\n\r\n";
  std::optional<std::string> login_;
  uint8_t result_ = 0;
  std::vector<std::string> asked_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace trunkd
