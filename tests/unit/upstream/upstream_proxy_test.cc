// Which connections go through the proxy, and what is judged of them.

#include "upstream/upstream_proxy.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

class UpstreamProxyTest : public testing::Test {
 protected:
  UpstreamProxy proxy() {
    destinations_ = std::make_unique<Destinations>(
        rules_, [](const SocketAddress& address) { return address.text() == "127.0.0.1:7480"; });
    return {settings_, *destinations_};
  }
  static Origin http(const std::string& host) { return {Scheme::http, host, 80}; }
  std::optional<ErrorKind> refused(const Origin& origin, const char* proxy_at = "192.0.2.9",
                                   uint16_t port = 3128) {
    const auto error = proxy().refuse(origin, *SocketAddress::parse(proxy_at, port));
    return error ? std::optional(error->kind) : std::nullopt;
  }

  ProxySettings settings_{.host = "proxy.example", .port = 3128};
  DestinationSettings rules_;
  std::unique_ptr<Destinations> destinations_;
};

TEST_F(UpstreamProxyTest, NoProxyNamesHostsAndTheNamesBelowThem) {
  settings_.no_proxy = {"intranet.example", "*.corp.example"};
  EXPECT_TRUE(proxy().serves(http("api.example")));
  EXPECT_FALSE(proxy().serves(http("intranet.example")));
  EXPECT_FALSE(proxy().serves(http("www.corp.example")));
  EXPECT_TRUE(proxy().serves(http("corp.example")));
}

TEST_F(UpstreamProxyTest, NoProxyNamesAddressesThatTheUrlNamesItself) {
  settings_.no_proxy = {"10.0.0.0/8", "192.0.2.7", "fd00::/8"};
  for (const char* host : {"10.1.2.3", "192.0.2.7", "fd12::1", "::ffff:10.1.2.3"}) {
    EXPECT_FALSE(proxy().serves(http(host))) << host;
  }
  EXPECT_TRUE(proxy().serves(http("192.0.2.8")));
  EXPECT_TRUE(proxy().serves(http("ten.example")));  // wherever that is
}

TEST_F(UpstreamProxyTest, OnlyPlainRequestsThroughAnHttpProxyNeedNoHandshake) {
  const auto of = [&](Scheme scheme) { return Origin{scheme, "api.example", 80}; };
  EXPECT_NE(proxy().takes_requests_for(of(Scheme::http)), nullptr);
  EXPECT_EQ(proxy().handshake(of(Scheme::http)), nullptr);
  for (const Scheme scheme : {Scheme::https, Scheme::tunnel}) {
    EXPECT_EQ(proxy().takes_requests_for(of(scheme)), nullptr);
  }
  settings_.kind = ProxySettings::Kind::socks5h;
  const UpstreamProxy socks = proxy();
  for (const Scheme scheme : {Scheme::http, Scheme::https, Scheme::tunnel}) {
    EXPECT_EQ(socks.takes_requests_for(of(scheme)), nullptr);
    EXPECT_NE(socks.handshake(of(scheme)), nullptr);
  }
}

TEST_F(UpstreamProxyTest, TheProxyItselfMayBeAtAPrivateAddressButNotAtOurs) {
  rules_.public_only = true;
  EXPECT_EQ(refused(http("api.example"), "10.0.0.1"), std::nullopt);
  EXPECT_EQ(refused(http("api.example"), "127.0.0.1"), std::nullopt);
  EXPECT_EQ(refused(http("api.example"), "127.0.0.1", 7480), ErrorKind::proxy_loop);
  EXPECT_EQ(refused(http("api.example"), "0.0.0.0", 7480), ErrorKind::proxy_loop);
}

TEST_F(UpstreamProxyTest, AnAddressInTheUrlIsJudgedAsItIsDirectly) {
  rules_.public_only = true;
  for (const char* host : {"10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1",
                           "localhost", "x.localhost"}) {
    EXPECT_EQ(refused(http(host)), ErrorKind::address_refused) << host;
  }
  EXPECT_EQ(refused(http("192.0.2.1")), ErrorKind::address_refused);  // documentation
  EXPECT_EQ(refused(http("8.8.8.8")), std::nullopt);
  EXPECT_EQ(refused({Scheme::http, "127.0.0.1", 7480}), ErrorKind::proxy_loop);
  rules_.allow_private_named = {"10.0.0.0/8", "localhost"};
  EXPECT_EQ(refused(http("10.0.0.1")), std::nullopt);
  EXPECT_EQ(refused(http("localhost")), std::nullopt);
  rules_.public_only = false;
  EXPECT_EQ(refused(http("169.254.169.254")), std::nullopt);
}

}  // namespace
}  // namespace trunkd
