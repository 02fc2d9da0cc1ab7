// What a jar does with the cookies that it has already: replacing, expiring, ordering.

#include "cookie/cookie_jar.h"

#include "http/date.h"
#include "jar_fixture.h"

namespace trunkd {
namespace {

class CookieJarTest : public JarTest {};

constexpr std::string_view kPlain = "http://a.example/";
constexpr std::string_view kTls = "https://a.example/";

TEST_F(CookieJarTest, ANewValueReplacesTheOld) {
  EXPECT_EQ(told(set(kPlain, "a=1")), "+a=1");
  EXPECT_EQ(told(set(kPlain, "a=2")), "+a=2");
  EXPECT_EQ(sent(kPlain), "a=2");
  EXPECT_EQ(jar_.size(), 1u);
}

TEST_F(CookieJarTest, NameDomainHostOnlyAndPathTellCookiesApart) {
  set_all("http://www.a.example/x/y",
          {"a=1", "A=2", "a=3; Path=/", "a=4; Domain=a.example", "a=5; Domain=www.a.example"});
  EXPECT_EQ(sent("http://www.a.example/x/"), "a=1; A=2; a=4; a=5; a=3");
  EXPECT_EQ(jar_.size(), 5u);
}

TEST_F(CookieJarTest, ALeadingDotTellsNothingApart) {
  EXPECT_EQ(sent_after("http://www.a.example/", {"a=1; Domain=.a.example", "a=2; Domain=a.example"},
                       kPlain),
            "a=2");
  EXPECT_EQ(sent_after("http://www.a.example/", {"a=1; Domain=a.example", "a=2; Domain=.A.Example"},
                       kPlain),
            "a=2");
}

TEST_F(CookieJarTest, AnEmptyDomainReplacesTheCookieOfTheHost) {
  set_all("http://www.a.example/", {"a=1", "b=2; Domain=a.example", "a=3; Domain="});
  EXPECT_EQ(sent("http://www.a.example/"), "a=3; b=2");
}

TEST_F(CookieJarTest, LongerPathsAreSentFirstThenOlderCookies) {
  set_all("http://www.a.example/x/y/z",
          {"a=1; Path=/", "b=2; Path=/x/y", "c=3; Path=/x", "d=4; Path=/x/y/z",
           "e=5; Path=/; Domain=a.example", "f=6; Path=/x/y; Domain=a.example", "g=7; Path=/q"});
  EXPECT_EQ(sent("http://www.a.example/x/y/z"), "d=4; b=2; f=6; c=3; a=1; e=5");
}

TEST_F(CookieJarTest, CookiesOfOneMomentKeepTheirOrder) {
  set_all(kPlain, {"z=1", "a=2", "m=3", "b=4"});
  EXPECT_EQ(sent(kPlain), "z=1; a=2; m=3; b=4");
}

TEST_F(CookieJarTest, ACookieThatIsRenewedKeepsItsPlace) {
  set(kPlain, "a=1");
  const WallTime created = only().created;
  now_ += 1h;
  set(kPlain, "b=2");
  now_ += 1h;
  const auto changes = set(kPlain, "a=3; Max-Age=60");
  EXPECT_EQ(changes.at(0).cookie.created, created);
  EXPECT_EQ(changes.at(0).cookie.last_access, now_);
  EXPECT_EQ(sent(kPlain), "a=3; b=2");
}

TEST_F(CookieJarTest, ACookieThatIsSetAfterItWasDeletedIsNew) {
  set_all(kPlain, {"a=1", "b=2", "a=; Max-Age=0", "a=3"});
  EXPECT_EQ(sent(kPlain), "b=2; a=3");
}

TEST_F(CookieJarTest, AClockThatIsSetBackLeavesTheOrder) {
  set(kPlain, "a=1");
  now_ -= 24h;
  set(kPlain, "b=2");
  EXPECT_EQ(sent(kPlain), "a=1; b=2");
}

TEST_F(CookieJarTest, AnExpiredCookieDeletes) {
  for (const std::string_view line :
       {"a=x; Max-Age=0", "a=; Max-Age=-1", "a=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "a=x; Expires=1 Jan 1601 00:00:00", "a=x; Max-Age=0; Expires=31 Dec 9999 23:59:59",
        "a=x; Expires=31 Dec 9999 23:59:59; Max-Age=-20"}) {
    jar_.clear();
    set_all(kPlain, {"a=1", "b=2"});
    EXPECT_EQ(told(set(kPlain, line)), "-a=1") << line;
    EXPECT_EQ(sent(kPlain), "b=2") << line;
    EXPECT_EQ(told(set(kPlain, line)), "") << line;
    EXPECT_EQ(jar_.size(), 1u);
  }
}

TEST_F(CookieJarTest, DeletingTakesTheSameDomainAndPath) {
  set_all("http://www.a.example/", {"a=1; Path=/x", "a=2; Domain=a.example"});
  EXPECT_EQ(told(set("http://www.a.example/", "a=; Max-Age=0")), "");
  EXPECT_EQ(told(set("http://www.a.example/", "a=; Max-Age=0; Path=/x")), "-a=1");
  EXPECT_EQ(told(set("http://www.a.example/", "a=; Max-Age=0; Domain=a.example")), "-a=2");
}

TEST_F(CookieJarTest, ACookieIsSentUntilItExpires) {
  set_all(kPlain, {"a=1; Max-Age=60", "b=2; Expires=Tue, 14 Nov 2023 22:15:20 GMT", "c=3"});
  now_ += 59s;
  EXPECT_EQ(sent(kPlain), "a=1; b=2; c=3");
  now_ += 1s;
  EXPECT_EQ(sent(kPlain), "b=2; c=3");
  now_ += 60s;
  EXPECT_EQ(sent(kPlain), "c=3");
  now_ += std::chrono::days(10000);
  EXPECT_EQ(sent(kPlain), "c=3");
}

TEST_F(CookieJarTest, WhatHasExpiredIsRemovedAtTheNextChangeAndToldOf) {
  set_all(kPlain, {"a=1; Max-Age=60", "b=2; Max-Age=120", "c=3"});
  set("http://b.example/", "d=4; Max-Age=60");
  now_ += 60s;
  EXPECT_EQ(told(set(kPlain, "ignored; Domain=x.example")), "-a=1 -d=4");
  EXPECT_EQ(jar_.size(), 2u);
  now_ += 60s;
  EXPECT_EQ(told(set(kPlain, "b=5")), "-b=2 +b=5");
}

TEST_F(CookieJarTest, MaxAgeWinsOverExpires) {
  set(kPlain, "a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(only().expires, now_ + 60s);
  set(kPlain, "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=90");
  EXPECT_EQ(only().expires, now_ + 90s);
  set(kPlain, "a=1; Max-Age=x; Expires=Tue, 14 Nov 2023 23:00:00 GMT");
  EXPECT_EQ(only().expires, parse_http_date("Tue, 14 Nov 2023 23:00:00 GMT"));
}

TEST_F(CookieJarTest, NoCookieLivesLongerThan400Days) {
  set(kPlain, "a=1; Max-Age=999999999999999999999");
  EXPECT_EQ(only().expires, now_ + std::chrono::days(400));
  set(kPlain, "a=1; Expires=31 Dec 9999 23:59:59");
  EXPECT_EQ(only().expires, now_ + std::chrono::days(400));
}

TEST_F(CookieJarTest, ADateThatIsNoneLeavesASessionCookie) {
  set(kPlain, "a=1; Expires=never; Max-Age=soon");
  EXPECT_FALSE(only().persistent);
  EXPECT_EQ(only().expires, WallTime::max());
  EXPECT_EQ(sent(kPlain), "a=1");
}

TEST_F(CookieJarTest, APlainConnectionCannotTouchASecureCookie) {
  set(kTls, "a=1; Secure; Path=/login");
  for (const std::string_view line :
       {"a=2; Path=/login", "a=2; Path=/login/en", "a=; Max-Age=0; Path=/login",
        "a=2; Domain=a.example; Path=/login"}) {
    EXPECT_EQ(told(set(kPlain, line)), "") << line;
  }
  EXPECT_EQ(sent("https://a.example/login"), "a=1");
}

TEST_F(CookieJarTest, APlainConnectionCannotHideASecureCookieOfADomainAboveOrBelow) {
  set("https://www.a.example/", "below=1; Secure");
  EXPECT_EQ(told(set("http://a.example/", "below=2; Domain=a.example")), "");
  EXPECT_EQ(told(set("http://a.example/", "below=2")), "");
  set("https://www.a.example/", "above=1; Secure; Domain=a.example");
  EXPECT_EQ(told(set("http://www.a.example/", "above=2")), "");
  EXPECT_EQ(told(set("http://x.www.a.example/", "above=2")), "");
  EXPECT_EQ(told(set("http://y.a.example/", "below=2")), "+below=2");
}

TEST_F(CookieJarTest, APlainConnectionMaySetWhatHidesNoSecureCookie) {
  set_all(kTls, {"a=1; Secure; Path=/login", "b=1; Path=/"});
  EXPECT_EQ(told(set(kPlain, "a=2; Path=/")), "+a=2");
  EXPECT_EQ(told(set(kPlain, "a=2; Path=/foo")), "+a=2");
  EXPECT_EQ(told(set(kPlain, "a=2; Path=/login2")), "+a=2");
  EXPECT_EQ(told(set(kPlain, "A=2; Path=/login")), "+A=2");
  EXPECT_EQ(told(set(kPlain, "b=2; Path=/")), "+b=2");
  EXPECT_EQ(told(set("http://b.example/login", "a=2; Path=/login")), "+a=2");
}

TEST_F(CookieJarTest, ASecureConnectionMayReplaceASecureCookieByAPlainOne) {
  set_all(kTls, {"a=1; Secure", "a=2"});
  EXPECT_EQ(sent(kPlain), "a=2");
}

TEST_F(CookieJarTest, ASecureCookieThatHasExpiredProtectsNothing) {
  set(kTls, "a=1; Secure; Max-Age=10");
  now_ += 10s;
  EXPECT_EQ(told(set(kPlain, "a=2")), "-a=1 +a=2");
}

TEST_F(CookieJarTest, SelectingNotesTheUse) {
  set(kPlain, "a=1; Path=/x");
  now_ += 5s;
  sent("http://a.example/");
  EXPECT_EQ(only().last_access, now_ - 5s);
  sent("http://a.example/x");
  EXPECT_EQ(only().last_access, now_);
}

TEST_F(CookieJarTest, ACookieIsRemovedByItsPlace) {
  set_all(kPlain, {"a=1", "b=2"});
  Cookie place;
  place.name = "a";
  place.domain = "a.example";
  EXPECT_EQ(jar_.remove(place)->cookie.value, "1");
  EXPECT_EQ(jar_.remove(place), std::nullopt);
  EXPECT_EQ(sent(kPlain), "b=2");
}

TEST_F(CookieJarTest, ClearingTellsOfEveryCookie) {
  set_all(kPlain, {"a=1", "b=2"});
  set("http://b.example/", "c=3");
  EXPECT_EQ(told(jar_.clear()), "-a=1 -b=2 -c=3");
  EXPECT_EQ(jar_.size(), 0u);
  EXPECT_EQ(sent(kPlain), "");
}

TEST_F(CookieJarTest, AnEmptySelectionIsAnEmptyText) { EXPECT_EQ(sent(kPlain), ""); }

}  // namespace
}  // namespace trunkd
