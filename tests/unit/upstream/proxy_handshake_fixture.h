// A handshake with a proxy over a FakeTransport.

#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>

#include "net/next_hop.h"
#include "support/fake_loop.h"
#include "support/fake_transport.h"
#include "upstream/proxy_access.h"

namespace trunkd {

// Runs each test twice: with the proxy's answers whole, and one byte at a time.
class ProxyHandshakeTest : public testing::TestWithParam<bool> {
 protected:
  static std::shared_ptr<const Secret> secret(Result<std::string> value) {
    return std::make_shared<const FixedSecret>(std::move(value));
  }
  static ProxyAccess without_login() { return {"proxy:3128", "", nullptr}; }
  static ProxyAccess with_login() { return {"proxy:3128", "Aladdin", secret("open sesame")}; }

  void start(std::unique_ptr<ProxyHandshake> handshake) {
    handshake_ = std::move(handshake);
    handshake_->start(peer_.transport(), [this](Result<OpenedWay> way) {
      ++answers_;
      if (way) {
        way_ = std::move(*way);
      } else {
        error_ = way.error();
      }
      loop_.dispose(std::move(handshake_));
    });
    loop_.run();
  }
  void answer(std::string_view bytes) {
    if (GetParam()) {
      peer_.send(bytes);
    } else {
      peer_.send_byte_by_byte(bytes);
    }
    loop_.run();
  }
  // It ended with this, once, and closed the stream.
  void expect_error(ErrorKind kind, const std::string& detail) {
    EXPECT_EQ(answers_, 1);
    ASSERT_TRUE(error_);
    EXPECT_EQ(error_->kind, kind);
    EXPECT_EQ(error_->detail, detail);
    EXPECT_TRUE(peer_.closed());
  }

  FakeLoop loop_;
  FakePeer peer_{loop_};
  std::unique_ptr<ProxyHandshake> handshake_;
  std::optional<OpenedWay> way_;
  std::optional<Error> error_;
  int answers_ = 0;
};

}  // namespace trunkd
