#include <gtest/gtest.h>

#include "routing_fixture.h"

namespace trunkd {
namespace {

using RouterRefusalsTest = RoutingTest;

bool contains(const std::string& text, std::string_view piece) {
  return text.find(piece) != std::string::npos;
}

TEST_F(RouterRefusalsTest, ConnectSaysWhyAndWhatToDoInstead) {
  const auto route = ask(request("CONNECT", "api.github.com:443", {{"Host", "x"}}), shared_);
  ASSERT_EQ(text(route), "connect_refused");
  EXPECT_TRUE(contains(route.error().detail, "tunnel"));
  EXPECT_TRUE(contains(route.error().hint, "http://"));
}

TEST_F(RouterRefusalsTest, TraceNeedsASetting) {
  const RequestHead trace = request("TRACE", "/", {{"Host", kLocal}});
  EXPECT_EQ(text(ask(trace, own(kPlain))), "trace_refused");
  EXPECT_EQ(session_of_error_, kPlain);
  config_.sessions[kPlain].trace = true;
  router_.reset();
  EXPECT_EQ(text(ask(trace, own(kPlain))), "plain http://plain.test / local");
}

TEST_F(RouterRefusalsTest, WhoeverNamesNoSessionLearnsTheWays) {
  const auto route = get("/x", {{"Host", kLocal}});
  ASSERT_EQ(text(route), "unknown_session");
  for (const char* way :
       {"listener", "Trunkd-Session", "http_proxy", "NAME.localhost", "/s/NAME", "absolute-form"}) {
    EXPECT_TRUE(contains(route.error().detail, way)) << way;
  }
  EXPECT_TRUE(contains(route.error().hint, "\"github\""));
  EXPECT_EQ(session_of_error_, std::nullopt);
}

TEST_F(RouterRefusalsTest, ANameThatIsNearlyRightIsPutRight) {
  EXPECT_EQ(get("/", {{"Host", kLocal}, {"Trunkd-Session", "gihtub"}}).error().hint,
            "did you mean \"github\"?");
  EXPECT_EQ(get("/s/twin/", {{"Host", kLocal}}).error().hint,
            "did you mean \"twin-a\", \"twin-b\"?");
  EXPECT_EQ(get("/s/nothing-like-it/", {{"Host", kLocal}}).error().hint, "");
}

TEST_F(RouterRefusalsTest, OnlyAFewSessionsAreListed) {
  config_.sessions.clear();
  for (int i = 0; i < 100; ++i) {
    config_.sessions.push_back(single_host("s" + std::to_string(i), {Scheme::http, "h.test", 80}));
  }
  EXPECT_LT(get("/", {{"Host", kLocal}}).error().hint.size(), 80u);
  EXPECT_LT(get("/s/s200", {{"Host", kLocal}}).error().hint.size(), 80u);
  EXPECT_LT(get("http://h.test/", {{"Host", kLocal}}).error().detail.size(), 120u);
}

TEST_F(RouterRefusalsTest, AnUnknownNameIsNotFoundButAProxyIsAskedForAnother) {
  EXPECT_EQ(text(get("/s/nope/x", {{"Host", kLocal}})), "unknown_session");
  EXPECT_EQ(text(get("/x", {{"Host", "nope.localhost"}})), "unknown_session");
  EXPECT_EQ(text(get("/x", {{"Host", kLocal}, {"Trunkd-Session", ""}})), "unknown_session");
  // nope:x
  EXPECT_EQ(text(get("http://h.test/", {{"Host", "x"}, {"Proxy-Authorization", "Basic bm9wZTp4"}})),
            "proxy_session_missing");
}

TEST_F(RouterRefusalsTest, ATargetThatBelongsToSeveralNamesThem) {
  const auto route = get("http://twin.test/", {{"Host", "x"}});
  ASSERT_EQ(text(route), "proxy_session_missing");
  EXPECT_TRUE(contains(route.error().detail, "\"twin-a\", \"twin-b\""));
}

TEST_F(RouterRefusalsTest, ProxyCredentialsThatCannotBeReadAreAskedForAgain) {
  for (const char* value : {"Bearer x", "Basic", "Basic !!!", "Basic Zw", "Basic OnB3",
                            "Basic =", "Basic Z2l0aHViOng=="}) {
    const auto route = get("/x", {{"Host", kLocal}, {"Proxy-Authorization", value}});
    const bool padded = std::string_view(value) == "Basic Z2l0aHViOng==";  // one "=" too many
    EXPECT_EQ(text(route),
              padded ? "github https://api.github.com /x local" : "proxy_session_missing")
        << value;
  }
}

TEST_F(RouterRefusalsTest, RoutingFieldsComeOnce) {
  EXPECT_EQ(
      text(
          get("/", {{"Host", kLocal}, {"Trunkd-Session", "github"}, {"trunkd-session", "github"}})),
      "malformed_request");
  EXPECT_EQ(text(get("/", {{"Host", kLocal},
                           {"Trunkd-Target", "http://a.example.com"},
                           {"Trunkd-Target", "http://a.example.com"}})),
            "malformed_request");
  EXPECT_EQ(text(get("/", {{"Host", kLocal}, {"Host", kLocal}})), "malformed_request");
}

TEST_F(RouterRefusalsTest, TargetsOfNoKnownFormAreMalformed) {
  for (const char* target : {"", "x", "api.github.com:443", "ftp://h/", "http://", "http:///x",
                             "http://u:p@api.github.com/", "http://api.github.com/#f", "/x#f",
                             "http://api.github.com:99999/", "http://0x7f.1/", "*"}) {
    EXPECT_EQ(text(get(target, {{"Host", "github.localhost"}})), "malformed_request") << target;
  }
}

TEST_F(RouterRefusalsTest, AStrangeHostIsToldTheAcceptedOnesAndTheSettings) {
  config_.names = {"trunkd"};
  const auto shared = get("/s/github/", {{"Host", "evil.test"}});
  ASSERT_EQ(text(shared), "misdirected");
  EXPECT_TRUE(
      contains(shared.error().detail, "localhost, 127.0.0.1, [::1], NAME.localhost, trunkd"));
  EXPECT_TRUE(contains(shared.error().hint, "\"names\""));
  const auto own_port = get_on(kGithub, "/", {{"Host", "evil.test"}});
  EXPECT_TRUE(contains(own_port.error().detail, "github.localhost, api.github.com (of base_url)"));
}

TEST_F(RouterRefusalsTest, WhoMayNotAskLearnsNothingOfTheSessions) {
  EXPECT_EQ(text(get("/s/nope/", {{"Host", "evil.test"}})), "misdirected");
  EXPECT_EQ(text(get("/s/nope/", {{"Host", kLocal}, {"Origin", "http://evil.test"}})),
            "browser_origin");
}

TEST_F(RouterRefusalsTest, AnOldClientNeedsNoHostOnAnOwnListener) {
  RequestHead head = request("GET", "/7", {});
  head.minor_version = 0;
  EXPECT_EQ(text(ask(head, own(kShop))), "shop https://shop.test:8443 /v1/items/7 local");
  head.target = "/s/shop/7";
  EXPECT_EQ(text(ask(head, shared_)), "misdirected");
  head.target = "http://shop.test:8443/7";
  EXPECT_EQ(text(ask(head, shared_)), "shop https://shop.test:8443 /7 absolute");
  head.minor_version = 1;
  EXPECT_EQ(text(ask(head, shared_)), "malformed_request");
}

}  // namespace
}  // namespace trunkd
