#include "upstream/proxy_connect.h"

#include "unit/upstream/proxy_handshake_fixture.h"

namespace trunkd {
namespace {

class ProxyConnectTest : public ProxyHandshakeTest {
 protected:
  void connect(const Origin& origin = {Scheme::https, "api.example", 443}) {
    start(std::make_unique<ProxyConnect>(*access_, origin));
  }
  void use(ProxyAccess access) { access_ = std::make_unique<ProxyAccess>(std::move(access)); }

  std::unique_ptr<ProxyAccess> access_ = std::make_unique<ProxyAccess>(without_login());
};

TEST_P(ProxyConnectTest, TheTargetHasAlwaysItsPort) {
  connect();
  EXPECT_EQ(peer_.received(), "CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\n\r\n");
}

TEST_P(ProxyConnectTest, AnIpv6AddressStandsInBrackets) {
  connect({Scheme::tunnel, "2001:db8::1", 22});
  EXPECT_TRUE(peer_.received().starts_with("CONNECT [2001:db8::1]:22 HTTP/1.1\r\n"));
}

TEST_P(ProxyConnectTest, TheLoginIsBasic) {
  use(with_login());
  connect();
  EXPECT_NE(
      peer_.received().find("Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"),
      std::string::npos)
      << peer_.received();
}

TEST_P(ProxyConnectTest, WithoutItsPasswordNothingIsSent) {
  use({"proxy:3128", "user", secret(no_secret("file:/nowhere", "there is no such file"))});
  connect();
  expect_error(ErrorKind::credential_unavailable,
               "the secret file:/nowhere cannot be used: there is no such file");
  EXPECT_EQ(error_->setting, "upstream_proxy");
  EXPECT_EQ(peer_.received(), "");
}

class OpeningAnswerTest : public ProxyConnectTest {
 protected:
  void expect_open(std::string_view bytes) {
    connect();
    answer(bytes);
    ASSERT_TRUE(way_) << bytes << error_.value_or(Error{}).detail;
    EXPECT_EQ(way_->first_bytes, "");
    EXPECT_EQ(answers_, 1);
  }
};

TEST_P(OpeningAnswerTest, A200) { expect_open("HTTP/1.1 200 Connection established\r\n\r\n"); }
TEST_P(OpeningAnswerTest, OfHttp10) { expect_open("HTTP/1.0 200 OK\r\n\r\n"); }
TEST_P(OpeningAnswerTest, AnyOther2xx) { expect_open("HTTP/1.1 201 Yes\r\n\r\n"); }
TEST_P(OpeningAnswerTest, WithALengthThatMeansNothing) {  // RFC 9110, 9.3.6
  expect_open("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
}
TEST_P(OpeningAnswerTest, WithACodingThatMeansNothing) {
  expect_open("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
}
TEST_P(OpeningAnswerTest, AfterA1xx) {
  expect_open("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
}

TEST_P(ProxyConnectTest, WhatIsBehindTheHeadIsNotReadUnlessItCameWithIt) {
  connect();
  peer_.send("HTTP/1.1 200 OK\r\n\r\nSSH-2.0 hello");
  loop_.run();
  ASSERT_TRUE(way_);
  EXPECT_EQ(way_->first_bytes, "SSH-2.0 hello");
  EXPECT_FALSE(peer_.reading());
  EXPECT_FALSE(peer_.has_listener());
}

TEST_P(ProxyConnectTest, ARefusalIsToldWithTheProxysWords) {
  connect();
  answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nno!!");
  expect_error(ErrorKind::proxy_refused,
               "the proxy proxy:3128 answered CONNECT api.example:443 with 403 Forbidden");
}

TEST_P(ProxyConnectTest, AnotherKindIsThatItCouldNot) {
  connect();
  answer("HTTP/1.1 504 Gate\x81way\r\n\r\n");
  expect_error(ErrorKind::proxy_failed,
               "the proxy proxy:3128 answered CONNECT api.example:443 with 504 Gate\\x81way");
}

TEST_P(ProxyConnectTest, A407IsAboutTheSetting) {
  connect();
  answer("HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=\"corp\"\r\n\r\n");
  expect_error(ErrorKind::proxy_auth,
               "the proxy proxy:3128 answered CONNECT api.example:443 with 407 Proxy "
               "Authentication Required");
  EXPECT_NE(error_->hint.find("upstream_proxy"), std::string::npos);
  EXPECT_NE(error_->hint.find("user: NAME"), std::string::npos) << error_->hint;
}

TEST_P(ProxyConnectTest, A407AfterALoginIsAboutItsValues) {
  use(with_login());
  connect();
  answer("HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=\"corp\"\r\n\r\n");
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->hint, "The user or the password in upstream_proxy is not the right one.");
}

TEST_P(ProxyConnectTest, A401IsTheSameInOtherWords) {
  use(with_login());
  connect();
  answer("HTTP/1.1 401 No\r\n\r\n");
  expect_error(ErrorKind::proxy_auth,
               "the proxy proxy:3128 answered CONNECT api.example:443 with 401 Unauthorized");
}

TEST_P(ProxyConnectTest, A407ThatWantsMoreThanBasicSaysSo) {
  use(with_login());
  connect();
  answer("HTTP/1.1 407 Login\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n");
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->hint,
            "The proxy offers Negotiate, NTLM; upstream_proxy can log in by Basic only.");
}

TEST_P(ProxyConnectTest, WhatIsNoHttpIsBroken) {
  connect();
  answer("SSH-2.0-OpenSSH\r\n");
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->kind, ErrorKind::proxy_protocol);
  EXPECT_TRUE(peer_.closed());
}

TEST_P(ProxyConnectTest, AHeadBeyondTheLimitIsBroken) {
  connect();
  std::string head = "HTTP/1.1 200 OK\r\n";
  while (head.size() <= ProxyConnect::kLimits.head)
    head += "X-A: " + std::string(1000, 'a') + "\r\n";
  answer(head);
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->kind, ErrorKind::proxy_protocol);
}

TEST_P(ProxyConnectTest, AnEndWithinTheAnswerNamesTheProxy) {
  connect();
  answer("HTTP/1.1 200 OK\r\n");
  peer_.end();
  loop_.run();
  expect_error(ErrorKind::connection_terminated,
               "the proxy proxy:3128 closed the connection before it had answered CONNECT "
               "api.example:443");
  EXPECT_EQ(error_->phase, "connect");
  EXPECT_EQ(error_->setting, "upstream_proxy");
}

TEST_P(ProxyConnectTest, SoDoesABrokenConnection) {
  connect();
  peer_.fail(ErrorKind::connection_terminated, "reset");
  loop_.run();
  expect_error(ErrorKind::connection_terminated, "the proxy proxy:3128: reset");
}

INSTANTIATE_TEST_SUITE_P(WholeAndByteByByte, ProxyConnectTest, testing::Bool());
INSTANTIATE_TEST_SUITE_P(WholeAndByteByByte, OpeningAnswerTest, testing::Bool());

}  // namespace
}  // namespace trunkd
