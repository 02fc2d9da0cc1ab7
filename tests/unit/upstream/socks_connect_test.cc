// The dialogue over a stream; its bytes are Socks5Client's.

#include "upstream/socks_connect.h"

#include "unit/upstream/proxy_handshake_fixture.h"

namespace trunkd {
namespace {

using namespace std::string_literals;

class SocksConnectTest : public ProxyHandshakeTest {
 protected:
  void connect(const ProxyAccess& access) {
    access_ = std::make_unique<ProxyAccess>(access);
    start(std::make_unique<SocksConnect>(*access_, Origin{Scheme::tunnel, "db.example", 5432}));
  }

  std::unique_ptr<ProxyAccess> access_;
};

TEST_P(SocksConnectTest, ALoginAndTheWayIsOpen) {
  connect(with_login());
  EXPECT_EQ(peer_.take_received(), "\5\2\0\2"s);
  answer("\5\2"s);
  EXPECT_EQ(peer_.take_received(), "\1\7Aladdin\x0bopen sesame"s);
  answer("\1\0"s);
  EXPECT_EQ(peer_.take_received(),
            "\5\1\0\3\x0a"
            "db.example\x15\x38"s);
  answer("\5\0\0\1\0\0\0\0\0\0"s);
  ASSERT_TRUE(way_);
  EXPECT_EQ(answers_, 1);
}

TEST_P(SocksConnectTest, AFailureIsToldInWords) {
  connect(without_login());
  answer("\5\0"s);
  answer("\5\5\0\1\0\0\0\0\0\0"s);
  expect_error(ErrorKind::proxy_failed,
               "the proxy proxy:3128 did not open the way to db.example:5432: the host refused its "
               "connection");
}

TEST_P(SocksConnectTest, WithoutALoginTheHintNamesTheSetting) {
  connect(without_login());
  answer("\5\xff"s);
  expect_error(ErrorKind::proxy_auth,
               "the proxy proxy:3128 did not open the way to db.example:5432: it does not let in "
               "who has no login");
  EXPECT_NE(error_->hint.find("Let upstream_proxy say who we are"), std::string::npos);
}

TEST_P(SocksConnectTest, APasswordThatSocksCannotCarryIsNotSent) {
  connect({"proxy:3128", "user", secret(std::string(256, 'x'))});
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->kind, ErrorKind::credential_unavailable);
  EXPECT_EQ(peer_.received(), "");
}

TEST_P(SocksConnectTest, AnEarlyEndNamesTheProxy) {
  connect(without_login());
  answer("\5"s);
  peer_.end();
  loop_.run();
  expect_error(ErrorKind::connection_terminated,
               "the proxy proxy:3128 closed the connection before the way to db.example:5432 was "
               "open");
}

INSTANTIATE_TEST_SUITE_P(WholeAndByteByByte, SocksConnectTest, testing::Bool());

}  // namespace
}  // namespace trunkd
