#include "cookie/cookies_txt.h"

#include <gtest/gtest.h>

#include "cookie/cookies_txt_reader.h"

namespace trunkd {
namespace {

constexpr WallTime kNow{Duration(1'767'225'600s)};  // 2026-01-01T00:00:00Z

Cookie cookie(std::string name, std::string value) {
  Cookie made;
  made.name = std::move(name);
  made.value = std::move(value);
  made.domain = "example.com";
  made.created = made.last_access = kNow + 250ms;
  return made;
}

std::string change(const Cookie& changed, bool removed = false) {
  std::string text;
  append_cookie_change(text, {changed, removed});
  return text;
}

std::vector<Cookie> read(const std::string& text) {
  CookiesTxtReader reader(kNow);
  reader.read(text);
  EXPECT_EQ(reader.malformed(), 0U) << text;
  return reader.cookies();
}

TEST(CookiesTxtTest, ACookieIsALineWithWhatTheFormatCannotSayBeforeIt) {
  Cookie full = cookie("sid", "abc=\"x y\"");
  full.path = "/shop";
  full.host_only = false;
  full.secure = full.http_only = full.persistent = true;
  full.expires = kNow + 3600s + 999ms;
  full.same_site = Cookie::SameSite::lax;
  EXPECT_EQ(change(full),
            "#trunkd created=1767225600.250000 samesite=lax\n"
            "#HttpOnly_.example.com\tTRUE\t/shop\tTRUE\t1767229200\tsid\tabc=\"x y\"\n");

  Cookie plain = cookie("a", "");
  plain.created = {};
  EXPECT_EQ(change(plain), "example.com\tFALSE\t/\tFALSE\t0\ta\t\n");
}

TEST(CookiesTxtTest, AFileBeginsAsOtherReadersExpect) {
  EXPECT_EQ(cookies_txt({}).substr(0, 28), "# Netscape HTTP Cookie File\n");
  EXPECT_TRUE(cookies_txt({cookie("a", "1")})
                  .ends_with("#trunkd created=1767225600.250000\n"
                             "example.com\tFALSE\t/\tFALSE\t0\ta\t1\n"));
}

TEST(CookiesTxtTest, ARemovalIsALineWithExpiryOneThatEveryReaderBelieves) {
  Cookie gone = cookie("__Host-sid", "secret");
  gone.secure = gone.http_only = true;
  EXPECT_EQ(change(gone, true), "example.com\tFALSE\t/\tTRUE\t1\t__Host-sid\t\n");
  EXPECT_TRUE(read(change(gone) + change(gone, true)).empty());
}

TEST(CookiesTxtTest, WhatTheFormatCannotSayIsACommentToOthers) {
  const Cookie nameless = cookie("", "x y%");
  EXPECT_EQ(change(nameless),
            "#trunkd created=1767225600.250000\n"
            "#trunkd line example.com\tFALSE\t/\tFALSE\t0\t\tx%20y%25\n");
  EXPECT_EQ(change(nameless, true), "#trunkd line example.com\tFALSE\t/\tTRUE\t1\t\t\n");
  EXPECT_EQ(read(change(nameless)), std::vector{nameless});
  EXPECT_TRUE(read(change(nameless) + change(nameless, true)).empty());
}

TEST(CookiesTxtTest, OthersForgetAValueThatIsFollowedByOneTheyCannotRead) {
  const Cookie first = cookie("a", "1");
  const Cookie then = cookie("a", "x\ty");
  EXPECT_EQ(change(then),
            "#trunkd created=1767225600.250000\n"
            "#trunkd line example.com\tFALSE\t/\tFALSE\t0\ta\tx%09y\n"
            "#trunkd others\n"
            "example.com\tFALSE\t/\tTRUE\t1\ta\t\n");
  EXPECT_EQ(read(change(first) + change(then)), std::vector{then});
  EXPECT_EQ(read(change(then) + change(first)), std::vector{first});
  EXPECT_TRUE(read(change(then) + change(then, true)).empty());
}

TEST(CookiesTxtTest, WhatIsWrittenIsReadAsTheSame) {
  std::vector<Cookie> cookies;
  for (const char* name : {"", "a", "\t", "a\tb", "\xc3\xa4", "a b", "#a", "$x"}) {
    for (const char* value : {"v", "", "a\tb", " padded ", "%41", "\"q\"", "a=b", "\xff"}) {
      if (*name == '\0' && *value == '\0') continue;
      Cookie one = cookie(name, value);
      one.path =
          (cookies.size() % 3 == 0 ? "/with space/\t" : "/") + std::to_string(cookies.size());
      one.host_only = cookies.size() % 2 == 0;
      one.same_site = static_cast<Cookie::SameSite>(cookies.size() % 4);
      one.created = one.last_access = kNow + Duration(static_cast<int64_t>(cookies.size()));
      cookies.push_back(one);
    }
  }
  cookies.back().domain = "::1";
  cookies.back().host_only = true;
  cookies.back().persistent = true;
  cookies.back().expires = kNow + 1s;
  const std::string text = cookies_txt(cookies);
  const auto again = read(text);
  EXPECT_TRUE(again == cookies);
  EXPECT_EQ(cookies_txt(again), text);
}

TEST(CookiesTxtTest, ATimeBeforeWhatTheFormatCanSayIsPast) {
  Cookie old = cookie("a", "1");
  old.persistent = true;
  old.expires = WallTime(-5s);
  EXPECT_EQ(change(old).substr(34), "example.com\tFALSE\t/\tFALSE\t1\ta\t1\n");
  old.expires = WallTime::max();
  EXPECT_EQ(read(change(old)).at(0).expires, WallTime(9'223'372'036'854s));
}

}  // namespace
}  // namespace trunkd
