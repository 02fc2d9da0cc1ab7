#include "session/host_guard.h"

#include <gtest/gtest.h>

#include "routing_fixture.h"

namespace trunkd {
namespace {

class HostGuardTest : public RoutingTest {
 protected:
  bool accepted(std::string_view host, const Arrival& arrival) {
    return !HostGuard(config_).refuse_host(host, arrival);
  }

  // What a request with these fields and an accepted Host gets; the session lists `allow_origins`.
  bool passes(Fields fields, std::vector<std::string> allow_origins = {}) {
    config_.sessions[kGithub].allow_origins = std::move(allow_origins);
    const RequestHead head = request("GET", "/", fields);
    return !HostGuard(config_).refuse_browser(routing_fields(head.headers), "localhost:8101",
                                              own(kGithub), &config_.sessions[kGithub]);
  }
};

TEST_F(HostGuardTest, NamesOfThisMachineAreAcceptedWhateverThePort) {
  for (const char* host : {"localhost", "LOCALHOST:1", "localhost.", "127.0.0.1", "127.0.0.1:7480",
                           "[::1]", "[::1]:65535", "[0:0:0:0:0:0:0:1]:80"}) {
    EXPECT_TRUE(accepted(host, shared_)) << host;
    EXPECT_TRUE(accepted(host, own(kShop))) << host;
  }
}

TEST_F(HostGuardTest, OtherNamesAreRefused) {
  for (const char* host : {"evil.test",
                           "localhost.evil.test",
                           "127.0.0.1.evil.test",
                           "127.0.0.2",
                           "10.0.0.1",
                           "[::2]",
                           "a.b.localhost",
                           ".localhost",
                           "xlocalhost",
                           "",
                           ":80",
                           "localhost:",
                           "localhost:0",
                           "localhost:x",
                           "localhost:99999",
                           "localhost:80:80",
                           "u@localhost",
                           "127.1",
                           "0x7f000001",
                           "[::1",
                           "[::1]x",
                           "localhost..",
                           "api.github.com"}) {
    EXPECT_FALSE(accepted(host, shared_)) << host;
  }
}

TEST_F(HostGuardTest, SessionNamesUnderLocalhostAreAcceptedWhereTheyMeanSomething) {
  EXPECT_TRUE(accepted("shop.localhost:7480", shared_));
  EXPECT_TRUE(
      accepted("nope.localhost", shared_));  // the router says that there is no such session
  EXPECT_TRUE(accepted("Shop.localhost", own(kShop)));
  EXPECT_FALSE(accepted("github.localhost", own(kShop)));
}

TEST_F(HostGuardTest, TheHostOfBaseUrlIsAcceptedOnTheSessionsOwnListener) {
  EXPECT_TRUE(accepted("API.github.com", own(kGithub)));
  EXPECT_FALSE(accepted("api.github.com", own(kShop)));
  EXPECT_FALSE(accepted("a.example.com", own(kCrawler)));
}

TEST_F(HostGuardTest, ConfiguredNamesAreAccepted) {
  config_.names = {"trunkd", "Proxy.Test.", "[fd00::1]"};
  for (const char* host : {"trunkd:7480", "TRUNKD", "proxy.test", "[FD00:0::1]:80"}) {
    EXPECT_TRUE(accepted(host, shared_)) << host;
  }
}

TEST_F(HostGuardTest, TheAcceptingAddressIsAcceptedAsALiteral) {
  shared_.local_ip = "10.1.2.3";
  EXPECT_FALSE(accepted("10.1.2.3", shared_));
  config_.expose = true;
  EXPECT_TRUE(accepted("10.1.2.3:7480", shared_));
  EXPECT_FALSE(accepted("10.1.2.4", shared_));
  shared_.local_ip = "fd00::2";
  EXPECT_TRUE(accepted("[fd00:0:0::2]:7480", shared_));
}

TEST_F(HostGuardTest, UnixSocketsAreNotJudged) {
  shared_.unix_socket = true;
  EXPECT_TRUE(accepted("evil.test", shared_));
  const RequestHead head = request("GET", "/", {{"Origin", "http://evil.test"}});
  EXPECT_FALSE(
      HostGuard(config_).refuse_browser(routing_fields(head.headers), "x", shared_, nullptr));
}

TEST_F(HostGuardTest, WhatNoBrowserSentPasses) {
  EXPECT_TRUE(passes({{"Accept", "*/*"}}));
  EXPECT_TRUE(passes({{"Sec-Fetch-Site", "none"}}));
  EXPECT_TRUE(passes({{"Sec-Fetch-Site", "same-origin"}}));
}

TEST_F(HostGuardTest, PagesOfOtherOriginsAreRefused) {
  EXPECT_FALSE(passes({{"Origin", "https://evil.test"}}));
  EXPECT_FALSE(passes({{"Origin", "null"}}));
  EXPECT_FALSE(passes({{"Origin", ""}}));
  EXPECT_FALSE(passes({{"Origin", "http://localhost:3000"}}));
  EXPECT_FALSE(passes({{"Origin", "https://localhost:8101"}}));
  EXPECT_FALSE(passes({{"Origin", "http://localhost:81010"}}));
  EXPECT_FALSE(passes({{"Sec-Fetch-Site", "cross-site"}}));
  EXPECT_FALSE(passes({{"sec-fetch-site", "Same-Site"}}));
  EXPECT_FALSE(passes({{"Access-Control-Request-Method", "PUT"}}));
  EXPECT_FALSE(passes({{"Access-Control-Request-Private-Network", "true"}}));
}

TEST_F(HostGuardTest, TheOwnOriginPasses) {
  EXPECT_TRUE(passes({{"Origin", "http://localhost:8101"}}));
  EXPECT_TRUE(passes({{"Origin", "HTTP://LocalHost:8101"}, {"Sec-Fetch-Site", "cross-site"}}));
}

TEST_F(HostGuardTest, AListedOriginPassesAndNullNeverDoes) {
  EXPECT_TRUE(passes({{"Origin", "https://app.test"}, {"Sec-Fetch-Site", "cross-site"}},
                     {"https://app.test"}));
  EXPECT_FALSE(passes({{"Origin", "https://app.test:8443"}}, {"https://app.test"}));
  EXPECT_FALSE(passes({{"Origin", "null"}}, {"null"}));
  EXPECT_FALSE(passes({{"Sec-Fetch-Site", "cross-site"}}, {"https://app.test"}));
  EXPECT_FALSE(passes({{"Origin", "https://app.test"}, {"Origin", "https://evil.test"}},
                      {"https://app.test"}));
}

TEST_F(HostGuardTest, TheRefusalNamesTheSetting) {
  const auto route = get_on(kGithub, "/", {{"Host", "localhost"}, {"Origin", "https://evil.test"}});
  ASSERT_EQ(text(route), "browser_origin");
  EXPECT_NE(route.error().hint.find("sessions.github.allow_origins"), std::string::npos);
  EXPECT_EQ(session_of_error_, kGithub);
}

TEST_F(HostGuardTest, ADefaultPortInHostMayBeMissingInOrigin) {
  const RequestHead head = request("GET", "/", {{"Origin", "http://localhost"}});
  EXPECT_FALSE(HostGuard(config_).refuse_browser(routing_fields(head.headers), "localhost:80",
                                                 shared_, nullptr));
}

}  // namespace
}  // namespace trunkd
