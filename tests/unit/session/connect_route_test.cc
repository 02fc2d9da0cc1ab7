// CONNECT: which session a tunnel belongs to, and where it may go.

#include <gtest/gtest.h>

#include "routing_fixture.h"

namespace trunkd {
namespace {

class ConnectRouteTest : public RoutingTest {
 protected:
  void allow_tunnels(std::initializer_list<size_t> sessions) {
    for (const size_t session : sessions) config_.sessions[session].tunnels = true;
    router_.reset();
  }
  Result<Route> connect(const std::string& target, Fields more = {}) {
    return ask(connect_head(target, more), shared_);
  }
  Result<Route> connect_on(size_t session, const std::string& target, Fields more = {}) {
    return ask(connect_head(target, more), own(session));
  }

 private:
  static RequestHead connect_head(const std::string& target, Fields more) {
    RequestHead head = request("CONNECT", target, more);
    if (!head.headers.has("Host")) head.headers.add("Host", target);
    return head;
  }
};

TEST_F(ConnectRouteTest, ASessionWithBaseUrlAllowsItsOwnHostAndPort) {
  allow_tunnels({kGithub});
  EXPECT_EQ(text(connect_on(kGithub, "api.github.com:443")), "github api.github.com:443  absolute");
  EXPECT_EQ(text(connect_on(kGithub, "API.GitHub.com.:443")),
            "github api.github.com:443  absolute");
  EXPECT_EQ(text(connect_on(kGithub, "api.github.com:80")), "misdirected");
  EXPECT_EQ(text(connect_on(kGithub, "github.com:443")), "misdirected");
}

TEST_F(ConnectRouteTest, ASessionForManyAllowsWhatItLists) {
  allow_tunnels({kCrawler});
  EXPECT_EQ(text(connect_on(kCrawler, "www.example.com:443")),
            "crawler www.example.com:443  absolute");
  EXPECT_EQ(text(connect_on(kCrawler, "example.org:8443")), "crawler example.org:8443  absolute");
  EXPECT_EQ(text(connect_on(kCrawler, "www.example.com:22")), "target_not_allowed");
  EXPECT_EQ(text(connect_on(kCrawler, "example.com:443")), "target_not_allowed");
}

TEST_F(ConnectRouteTest, OnlyASessionThatSaysSoTunnels) {
  allow_tunnels({kGithub});
  EXPECT_EQ(text(connect_on(kShop, "shop.test:8443")), "connect_refused");
  EXPECT_EQ(text(connect("shop.test:8443")), "connect_refused");
  EXPECT_EQ(session_of_error_, kShop);
}

TEST_F(ConnectRouteTest, OnTheSharedPortExactlyOneSessionMustMatch) {
  allow_tunnels({kGithub, kTwinA, kTwinB});
  EXPECT_EQ(text(connect("api.github.com:443")), "github api.github.com:443  absolute");
  EXPECT_EQ(text(connect("unknown.test:443")), "proxy_session_missing");
  EXPECT_EQ(text(connect("twin.test:443")), "proxy_session_missing");
  // "twin-b:x"
  EXPECT_EQ(text(connect("twin.test:443", {{"Proxy-Authorization", "Basic dHdpbi1iOng="}})),
            "twin-b twin.test:443  absolute");
}

TEST_F(ConnectRouteTest, OfTwoWithOneHostTheOneThatTunnelsIsMeant) {
  allow_tunnels({kTwinB});
  EXPECT_EQ(text(connect("twin.test:443")), "twin-b twin.test:443  absolute");
}

TEST_F(ConnectRouteTest, AHostThatIsNeitherTheTargetsNorOursIsRefused) {
  allow_tunnels({kGithub});
  EXPECT_EQ(text(connect_on(kGithub, "api.github.com:443", {{"Host", "evil.test"}})),
            "misdirected");
  EXPECT_EQ(text(connect_on(kGithub, "api.github.com:443", {{"Host", "localhost:8101"}})),
            "github api.github.com:443  absolute");
}

TEST_F(ConnectRouteTest, AWebPageIsRefusedWhateverItsOrigin) {
  allow_tunnels({kGithub});
  EXPECT_EQ(
      text(connect_on(kGithub, "api.github.com:443", {{"Origin", "http://api.github.com:443"}})),
      "browser_origin");
}

TEST_F(ConnectRouteTest, SpellingsOfAddressesThatAreNoneAreMalformed) {
  allow_tunnels({kGithub});
  EXPECT_EQ(text(connect_on(kGithub, "0x7f000001:443", {{"Host", "localhost"}})),
            "malformed_request");
}

}  // namespace
}  // namespace trunkd
