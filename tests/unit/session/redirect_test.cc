// Which redirects are followed, and how far. The change of methods has its table in the integration
// tests.

#include "session/redirect.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

Url url(std::string_view text) { return *parse_url(text); }

SessionConfig one_host(size_t follow = 5) {
  SessionConfig session;
  session.origin = {Scheme::https, "api.example", 443};
  session.follow_redirects = follow;
  return session;
}
SessionConfig many_hosts() {
  SessionConfig session;
  session.multi_host = true;
  session.allow_hosts = {{"api.example", false, {}}, {"cdn.example", false, {}}};
  session.follow_redirects = 5;
  return session;
}
ResponseHead redirect(int status, std::string_view location) {
  ResponseHead head;
  head.status = status;
  head.headers.add("Location", location);
  return head;
}
std::string led_to(const SessionConfig& session, const ResponseHead& head) {
  const Url from = url("https://api.example/v1/a?x=1");
  const auto hop = next_hop(session, {"GET", from}, head);
  if (!hop) return "error";
  return *hop ? (*hop)->url.text() : "none";
}

TEST(NextHopTest, TheTargetIsResolvedAgainstWhatWasSent) {
  EXPECT_EQ(led_to(one_host(), redirect(302, "/b")), "https://api.example/b");
  EXPECT_EQ(led_to(one_host(), redirect(302, "b?y=2")), "https://api.example/v1/b?y=2");
  EXPECT_EQ(led_to(one_host(), redirect(302, "https://api.example:443/c#part")),
            "https://api.example/c");
}

TEST(NextHopTest, TheSessionsSchemeCountsAsEverywhere) {
  EXPECT_EQ(led_to(one_host(), redirect(301, "http://api.example/b")), "https://api.example/b");
}

TEST(NextHopTest, WhatIsNoRedirectToFollowIsTheClients) {
  EXPECT_EQ(led_to(one_host(0), redirect(302, "/b")), "none");
  EXPECT_EQ(led_to(one_host(), redirect(300, "/b")), "none");
  EXPECT_EQ(led_to(one_host(), redirect(304, "/b")), "none");
  EXPECT_EQ(led_to(one_host(), redirect(201, "/b")), "none");
  EXPECT_EQ(led_to(one_host(), redirect(302, "ftp://api.example/b")), "none");
  EXPECT_EQ(led_to(one_host(), redirect(302, "https://elsewhere.example/b")), "none");
  EXPECT_EQ(led_to(one_host(), redirect(302, "https://api.example:8443/b")), "none");
  ResponseHead twice = redirect(302, "/b");
  twice.headers.add("Location", "/c");
  EXPECT_EQ(led_to(one_host(), twice), "none");
  ResponseHead without;
  without.status = 302;
  EXPECT_EQ(led_to(one_host(), without), "none");
}

TEST(NextHopTest, AHostThatManyHostsDoNotAllowIsAnError) {
  EXPECT_EQ(led_to(many_hosts(), redirect(302, "http://cdn.example/b")), "http://cdn.example/b");
  const Url from = url("https://api.example/");
  const auto hop = next_hop(many_hosts(), {"GET", from}, redirect(302, "http://evil.example/"));
  ASSERT_FALSE(hop);
  EXPECT_EQ(hop.error().kind, ErrorKind::target_not_allowed);
}

Hop to(std::string_view text) { return {"GET", url(text), false}; }

TEST(RedirectTrailTest, APlaceThatWasThereBeforeIsALoop) {
  RedirectTrail trail("GET", url("https://api.example/a"));
  EXPECT_TRUE(trail.follow(to("https://api.example/b"), one_host()));
  const auto back = trail.follow(to("https://api.example/a"), one_host());
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().kind, ErrorKind::redirect_loop);
}

TEST(RedirectTrailTest, AfterANewCookieTheSamePlaceIsWorthAnotherLook) {
  RedirectTrail trail("GET", url("https://api.example/a"));
  EXPECT_TRUE(trail.follow(to("https://api.example/login"), one_host()));
  trail.forget_places();
  EXPECT_TRUE(trail.follow(to("https://api.example/a"), one_host()));
}

TEST(RedirectTrailTest, OneMoreThanAllowedIsAnError) {
  RedirectTrail trail("GET", url("https://api.example/a"));
  EXPECT_TRUE(trail.follow(to("https://api.example/b"), one_host(1)));
  EXPECT_FALSE(trail.follow(to("https://api.example/c"), one_host(1)));
}

TEST(RedirectTrailTest, TheWayBackDoesNotGiveCredentialsBack) {
  RedirectTrail trail("GET", url("https://api.example/a"));
  EXPECT_TRUE(trail.follow(to("https://api.example/b"), many_hosts()));
  EXPECT_FALSE(trail.crossed_origin());
  EXPECT_TRUE(trail.follow(to("https://cdn.example/c"), many_hosts()));
  EXPECT_TRUE(trail.crossed_origin());
  EXPECT_TRUE(trail.follow(to("https://api.example/d"), many_hosts()));
  EXPECT_TRUE(trail.crossed_origin());
}

}  // namespace
}  // namespace trunkd
