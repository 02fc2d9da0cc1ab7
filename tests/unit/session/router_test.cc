#include "session/router.h"

#include <gtest/gtest.h>

#include "routing_fixture.h"

namespace trunkd {
namespace {

using RouterTest = RoutingTest;

constexpr std::string_view kGithubUser = "Basic Z2l0aHViOng=";  // github:x

TEST_F(RouterTest, AListenerOfItsOwnTakesEverythingAsItsSession) {
  EXPECT_EQ(text(get_on(kGithub, "/repos?a=1", {{"Host", "localhost:8101"}})),
            "github https://api.github.com /repos?a=1 local");
  EXPECT_EQ(text(get_on(kShop, "/7", {{"Host", "127.0.0.1:8101"}})),
            "shop https://shop.test:8443 /v1/items/7 local");
  EXPECT_EQ(text(get_on(kShop, "/", {{"Host", "127.0.0.1:8101"}})),
            "shop https://shop.test:8443 /v1/items local");
}

TEST_F(RouterTest, AListenerOfItsOwnRemovesNoPrefix) {
  EXPECT_EQ(text(get_on(kGithub, "/s/github/x", {{"Host", "localhost"}})),
            "github https://api.github.com /s/github/x local");
  EXPECT_EQ(text(get_on(kGithub, "/s/shop/x", {{"Host", "localhost"}})),
            "github https://api.github.com /s/shop/x local");
}

TEST_F(RouterTest, AnAbsoluteFormOnAnOwnListenerMayNameTheOriginOrTheListener) {
  const Fields host = {{"Host", "x"}};
  EXPECT_EQ(text(get_on(kShop, "http://shop.test:8443/any/path?q", host)),
            "shop https://shop.test:8443 /any/path?q absolute");
  EXPECT_EQ(text(get_on(kGithub, "http://API.github.com./x", host)),
            "github https://api.github.com /x absolute");
  EXPECT_EQ(text(get_on(kGithub, "https://api.github.com:443/x", host)),
            "github https://api.github.com /x absolute");
  EXPECT_EQ(text(get_on(kShop, "http://localhost:8101/7", host)),
            "shop https://shop.test:8443 /v1/items/7 local");
  EXPECT_EQ(text(get_on(kShop, "http://shop.localhost:8101/7", host)),
            "shop https://shop.test:8443 /v1/items/7 local");
  EXPECT_EQ(text(get_on(kShop, "http://shop.test:8101/7", host)),
            "shop https://shop.test:8443 /v1/items/7 local");
}

TEST_F(RouterTest, AnAbsoluteFormOnAnOwnListenerForAnotherHostIsMisdirected) {
  for (const char* target :
       {"http://elsewhere.test/x", "http://localhost:9999/x", "https://localhost:8101/x",
        "http://shop.test/x", "https://plain.test/x", "http://api.github.com:8080/x"}) {
    EXPECT_EQ(text(get_on(kShop, target, {{"Host", "shop.test"}})), "misdirected") << target;
  }
  EXPECT_EQ(session_of_error_, kShop);
}

TEST_F(RouterTest, AUnixListenerIsNamedWithoutAPort) {
  Arrival unix_listener = own(kShop);
  unix_listener.unix_socket = true;
  unix_listener.local_ip = {};
  unix_listener.local_port = 0;
  EXPECT_EQ(text(ask(request("GET", "/7", {{"Host", "whatever"}}), unix_listener)),
            "shop https://shop.test:8443 /v1/items/7 local");
  EXPECT_EQ(text(ask(request("GET", "http://localhost/7", {{"Host", "x"}}), unix_listener)),
            "shop https://shop.test:8443 /v1/items/7 local");
  EXPECT_EQ(text(ask(request("GET", "http://localhost:81/7", {{"Host", "x"}}), unix_listener)),
            "misdirected");
}

TEST_F(RouterTest, OnTheSharedPortEachWayNamesTheSession) {
  EXPECT_EQ(text(get("/x", {{"Host", kLocal}, {"Trunkd-Session", "github"}})),
            "github https://api.github.com /x local");
  EXPECT_EQ(text(get("/x", {{"Host", kLocal}, {"Proxy-Authorization", kGithubUser}})),
            "github https://api.github.com /x local");
  EXPECT_EQ(text(get("/x", {{"Host", "github.localhost:7480"}})),
            "github https://api.github.com /x local");
  EXPECT_EQ(text(get("/s/github/x", {{"Host", kLocal}})),
            "github https://api.github.com /x prefix /s/github");
  EXPECT_EQ(text(get("http://api.github.com/x", {{"Host", "api.github.com"}})),
            "github https://api.github.com /x absolute");
}

TEST_F(RouterTest, SessionNamesAreComparedWithoutCase) {
  EXPECT_EQ(text(get("/x", {{"Host", kLocal}, {"TRUNKD-SESSION", "GitHub"}})),
            "github https://api.github.com /x local");
  EXPECT_EQ(text(get("/x", {{"Host", "GITHUB.LocalHost."}})),
            "github https://api.github.com /x local");
  EXPECT_EQ(text(get("/s/GitHub/x", {{"Host", kLocal}})),
            "github https://api.github.com /x prefix /s/GitHub");
}

TEST_F(RouterTest, ThePrefixAloneMeansTheRoot) {
  EXPECT_EQ(text(get("/s/shop", {{"Host", kLocal}})),
            "shop https://shop.test:8443 /v1/items prefix /s/shop");
  EXPECT_EQ(text(get("/s/shop/", {{"Host", kLocal}})),
            "shop https://shop.test:8443 /v1/items prefix /s/shop");
  EXPECT_EQ(text(get("/s/shop?a=1", {{"Host", kLocal}})),
            "shop https://shop.test:8443 /v1/items?a=1 prefix /s/shop");
  EXPECT_EQ(text(get("/s/github?a=1", {{"Host", kLocal}})),
            "github https://api.github.com /?a=1 prefix /s/github");
}

TEST_F(RouterTest, WaysThatAgreeAreFine) {
  EXPECT_EQ(text(get("/s/Github/x", {{"Host", "github.localhost"},
                                     {"Trunkd-Session", "GITHUB"},
                                     {"Proxy-Authorization", kGithubUser}})),
            "github https://api.github.com /x prefix /s/Github");
  EXPECT_EQ(text(get("http://api.github.com/x",
                     {{"Host", "api.github.com"}, {"Proxy-Authorization", kGithubUser}})),
            "github https://api.github.com /x absolute");
}

TEST_F(RouterTest, WaysThatDifferAreNeverGuessedAt) {
  EXPECT_EQ(text(get("/x", {{"Host", "github.localhost"}, {"Trunkd-Session", "shop"}})),
            "ambiguous_session");
  EXPECT_EQ(text(get("/s/shop/x", {{"Host", kLocal}, {"Trunkd-Session", "github"}})),
            "ambiguous_session");
  EXPECT_EQ(text(get("/s/unknown/x", {{"Host", "github.localhost"}})), "ambiguous_session");
  EXPECT_EQ(text(get("/x", {{"Host", "shop.localhost"}, {"Proxy-Authorization", kGithubUser}})),
            "ambiguous_session");
  EXPECT_EQ(text(get("http://plain.test/", {{"Host", "x"}, {"Trunkd-Session", "github"}})),
            "ambiguous_session");
  EXPECT_EQ(text(get_on(kShop, "/x", {{"Host", kLocal}, {"Trunkd-Session", "github"}})),
            "ambiguous_session");
}

TEST_F(RouterTest, AProxyUserOnAnOwnListenerIsOfNoMeaning) {
  EXPECT_EQ(text(get_on(kShop, "/x", {{"Host", kLocal}, {"Proxy-Authorization", "Bearer x"}})),
            "shop https://shop.test:8443 /v1/items/x local");
}

TEST_F(RouterTest, HttpStandsForTheSessionsOwnSchemeButNeverForLess) {
  const Fields host = {{"Host", "x"}};
  EXPECT_EQ(text(get("http://api.github.com:80/x", host)),
            "github https://api.github.com /x absolute");
  EXPECT_EQ(text(get("https://api.github.com/x", host)),
            "github https://api.github.com /x absolute");
  EXPECT_EQ(text(get("http://shop.test:8443/x", host)), "shop https://shop.test:8443 /x absolute");
  EXPECT_EQ(text(get("http://shop.test/x", host)), "proxy_session_missing");
  EXPECT_EQ(text(get("https://plain.test/x", host)), "proxy_session_missing");
  EXPECT_EQ(text(get("https://plain.test:80/x", host)), "proxy_session_missing");
}

TEST_F(RouterTest, ASessionOfExactlyThatOriginGoesBeforeOneReachedByAnotherScheme) {
  config_.sessions.push_back(single_host("tls", {Scheme::https, "plain.test", 443}));
  EXPECT_EQ(text(get("http://plain.test/x", {{"Host", "x"}})),
            "plain http://plain.test /x absolute");
  EXPECT_EQ(text(get("https://plain.test/x", {{"Host", "x"}})),
            "tls https://plain.test /x absolute");
}

TEST_F(RouterTest, ATargetOfSeveralSessionsNeedsAName) {
  EXPECT_EQ(text(get("http://twin.test/", {{"Host", "x"}})), "proxy_session_missing");
  EXPECT_EQ(text(get("http://twin.test/", {{"Host", "x"}, {"Trunkd-Session", "twin-b"}})),
            "twin-b https://twin.test / absolute");
}

TEST_F(RouterTest, TheAbsoluteTargetIsSentAsWritten) {
  const Fields host = {{"Host", "x"}};
  EXPECT_EQ(text(get("http://shop.test:8443/A/../%2e/b//c?x=/?", host)),
            "shop https://shop.test:8443 /A/../%2e/b//c?x=/? absolute");
  EXPECT_EQ(text(get("http://shop.test:8443?x", host)), "shop https://shop.test:8443 /?x absolute");
  EXPECT_EQ(text(get("HTTP://shop.test:8443", host)), "shop https://shop.test:8443 / absolute");
}

TEST_F(RouterTest, AnAbsoluteFormThatNamesTheSharedPortIsAnOrdinaryRequest) {
  EXPECT_EQ(text(get("http://github.localhost:7480/x", {{"Host", "ignored"}})),
            "github https://api.github.com /x local");
  EXPECT_EQ(text(get("http://localhost:7480/s/shop/7", {{"Host", "ignored"}})),
            "shop https://shop.test:8443 /v1/items/7 prefix /s/shop");
  EXPECT_EQ(text(get("http://localhost:7480", {{"Host", "ignored"}})), "unknown_session");
}

TEST_F(RouterTest, AMultiHostSessionIsGivenItsTarget) {
  const Fields named = {{"Host", kLocal}, {"Trunkd-Session", "crawler"}};
  EXPECT_EQ(text(get("http://a.example.com/p", {{"Host", "x"}})),
            "crawler http://a.example.com /p absolute");
  EXPECT_EQ(text(get("https://a.example.com/p", named)),
            "crawler https://a.example.com /p absolute");
  EXPECT_EQ(text(get("/p?q", {{"Host", kLocal},
                              {"Trunkd-Session", "crawler"},
                              {"Trunkd-Target", "https://example.org:8443"}})),
            "crawler https://example.org:8443 /p?q local");
  EXPECT_EQ(
      text(get("/s/crawler/p", {{"Host", kLocal}, {"Trunkd-Target", "http://b.example.com/"}})),
      "crawler http://b.example.com /p prefix /s/crawler");
  EXPECT_EQ(text(get("/s/Crawler/https/a.example.com/p?q", {{"Host", kLocal}})),
            "crawler https://a.example.com /p?q target /s/Crawler");
  EXPECT_EQ(text(get("/s/crawler/http/example.org:8443", {{"Host", kLocal}})),
            "crawler http://example.org:8443 / target /s/crawler");
  EXPECT_EQ(text(get("/s/crawler/https/a.example.com?q", {{"Host", kLocal}})),
            "crawler https://a.example.com /?q target /s/crawler");
  EXPECT_EQ(
      text(get_on(kCrawler, "/p", {{"Host", kLocal}, {"Trunkd-Target", "https://a.example.com"}})),
      "crawler https://a.example.com /p local");
  EXPECT_EQ(text(get_on(kCrawler, "http://a.example.com/p", {{"Host", "a.example.com"}})),
            "crawler http://a.example.com /p absolute");
}

TEST_F(RouterTest, AMultiHostSessionReachesOnlyWhatItAllows) {
  for (const char* target :
       {"http://example.com/", "http://a.example.com:8080/", "http://aexample.com/",
        "http://.example.com/", "https://example.org/", "http://evil.test/"}) {
    const auto route = get_on(kCrawler, target, {{"Host", "x"}});
    EXPECT_TRUE(text(route) == "target_not_allowed" || text(route) == "malformed_request")
        << target << ": " << text(route);
  }
  EXPECT_EQ(text(get("/s/crawler/https/evil.test/", {{"Host", kLocal}})), "target_not_allowed");
  EXPECT_EQ(session_of_error_, kCrawler);
}

TEST_F(RouterTest, TargetsOfAMultiHostSessionMustAgree) {
  EXPECT_EQ(text(get_on(kCrawler, "http://a.example.com/",
                        {{"Host", "x"}, {"Trunkd-Target", "http://a.example.com:80"}})),
            "crawler http://a.example.com / absolute");
  EXPECT_EQ(text(get_on(kCrawler, "http://a.example.com/",
                        {{"Host", "x"}, {"Trunkd-Target", "http://b.example.com"}})),
            "malformed_request");
  EXPECT_EQ(text(get("/s/crawler/https/a.example.com/",
                     {{"Host", kLocal}, {"Trunkd-Target", "http://a.example.com"}})),
            "malformed_request");
}

TEST_F(RouterTest, AMultiHostSessionWithoutATargetIsToldHowToNameOne) {
  const auto route = get("/s/crawler/p", {{"Host", kLocal}});
  EXPECT_EQ(text(route), "malformed_request");
  EXPECT_NE(route.error().hint.find("Trunkd-Target: https://HOST"), std::string::npos);
  EXPECT_NE(route.error().hint.find("/s/crawler/https/HOST/"), std::string::npos);
}

TEST_F(RouterTest, ATargetFieldHasNoPathAndDoesNotMoveASingleHostSession) {
  for (const char* value : {"https://a.example.com/p", "a.example.com", "https://a.example.com?q",
                            "ftp://a.example.com", "https://u@a.example.com", ""}) {
    EXPECT_EQ(text(get_on(kCrawler, "/", {{"Host", kLocal}, {"Trunkd-Target", value}})),
              "malformed_request")
        << value;
  }
  EXPECT_EQ(text(get_on(kShop, "/", {{"Host", kLocal}, {"Trunkd-Target", "https://evil.test"}})),
            "target_not_allowed");
  EXPECT_EQ(
      text(get_on(kShop, "/", {{"Host", kLocal}, {"Trunkd-Target", "https://shop.test:8443"}})),
      "shop https://shop.test:8443 /v1/items local");
}

TEST_F(RouterTest, OptionsOfTheWholeServerJoinsNothing) {
  EXPECT_EQ(text(ask(request("OPTIONS", "*", {{"Host", kLocal}}), own(kShop))),
            "shop https://shop.test:8443 * local");
  EXPECT_EQ(text(ask(request("OPTIONS", "*", {{"Host", "shop.localhost"}}), shared_)),
            "shop https://shop.test:8443 * local");
  // RFC 9112, 3.2.4
  EXPECT_EQ(text(ask(request("OPTIONS", "http://shop.test:8443", {{"Host", "x"}}), shared_)),
            "shop https://shop.test:8443 * absolute");
  EXPECT_EQ(text(ask(request("OPTIONS", "http://shop.test:8443/", {{"Host", "x"}}), shared_)),
            "shop https://shop.test:8443 / absolute");
  EXPECT_EQ(text(get_on(kShop, "*", {{"Host", kLocal}})), "malformed_request");
}

TEST_F(RouterTest, ARouterOutlivesItsMaker) {
  Router copy = [&] {
    const Router original(std::make_shared<const Config>(config_));
    return original;
  }();
  EXPECT_EQ(text(copy.route(request("GET", "/s/shop/7", {{"Host", kLocal}}), shared_)),
            "shop https://shop.test:8443 /v1/items/7 prefix /s/shop");
}

}  // namespace
}  // namespace trunkd
