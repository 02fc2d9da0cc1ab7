// Cookies from files: kept as they are, if a server could have set them.

#include "jar_fixture.h"

namespace trunkd {
namespace {

class CookieJarPutTest : public JarTest {
 protected:
  Cookie cookie() const {
    Cookie made;
    made.name = "a";
    made.value = "1";
    made.domain = "a.example";
    made.created = now_ - 1h;
    made.last_access = now_ - 30min;
    return made;
  }
  std::string put(const Cookie& made) { return told(jar_.put(made, now_)); }
};

TEST_F(CookieJarPutTest, ACookieComesBackAsItWas) {
  Cookie made = cookie();
  made.host_only = false;
  made.secure = made.http_only = made.persistent = true;
  made.same_site = Cookie::SameSite::strict;
  made.path = "/x";
  made.expires = now_ + 1h;
  EXPECT_EQ(put(made), "+a=1");
  EXPECT_EQ(only(), made);
  EXPECT_EQ(sent("https://www.a.example/x"), "a=1");
}

TEST_F(CookieJarPutTest, WhatIsNotKnownIsNow) {
  Cookie made = cookie();
  made.created = made.last_access = WallTime();
  put(made);
  EXPECT_EQ(only().created, now_);
  EXPECT_EQ(only().last_access, now_);
}

TEST_F(CookieJarPutTest, ATimeOfCreationInTheFutureIsNow) {
  Cookie made = cookie();
  made.created = WallTime::max();
  put(made);
  EXPECT_EQ(only().created, now_);
  set("http://a.example/", "b=2");
  EXPECT_EQ(sent("http://a.example/"), "a=1; b=2");
}

TEST_F(CookieJarPutTest, TheTimeOfCreationGivesTheOrder) {
  set("http://a.example/", "b=2");
  put(cookie());
  EXPECT_EQ(sent("http://a.example/"), "a=1; b=2");
}

TEST_F(CookieJarPutTest, WithoutATimeOfCreationTheReplacedCookiesIsKept) {
  put(cookie());
  Cookie made = cookie();
  made.value = "2";
  made.created = WallTime();
  EXPECT_EQ(put(made), "+a=2");
  EXPECT_EQ(only().created, now_ - 1h);
}

TEST_F(CookieJarPutTest, AnExpiredCookieRemovesTheOneInItsPlace) {
  put(cookie());
  Cookie made = cookie();
  made.persistent = true;
  made.expires = WallTime(1s);
  EXPECT_EQ(put(made), "-a=1");
  EXPECT_EQ(put(made), "");
  EXPECT_EQ(jar_.size(), 0u);
}

TEST_F(CookieJarPutTest, ALongLifeIsCut) {
  Cookie made = cookie();
  made.persistent = true;
  put(made);
  EXPECT_EQ(only().expires, now_ + std::chrono::days(400));
}

TEST_F(CookieJarPutTest, ACookieOfAnAddressIsForItAlone) {
  Cookie made = cookie();
  made.domain = "127.0.0.1";
  made.host_only = false;
  put(made);
  EXPECT_TRUE(only().host_only);
}

TEST_F(CookieJarPutTest, APublicSuffixMayHaveACookieForItselfAlone) {
  Cookie made = cookie();
  made.domain = "co.uk";
  EXPECT_EQ(put(made), "+a=1");
  made.host_only = false;
  EXPECT_EQ(put(made), "");
}

TEST_F(CookieJarPutTest, WhatNoServerCouldHaveSetIsRefused) {
  const auto refused = [&](auto change) {
    Cookie made = cookie();
    change(made);
    return put(made).empty() && jar_.size() == 0;
  };
  EXPECT_TRUE(refused([](Cookie& c) { c.name = c.value = ""; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.name = "a=b"; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.name = "a;b"; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.value = "1; c=2"; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.value = "1\r\nHost: x"; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.name = std::string("a\0", 2); }));
  EXPECT_TRUE(refused([](Cookie& c) { c.value = std::string(4096, 'x'); }));
  EXPECT_TRUE(refused([](Cookie& c) { c.path = ""; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.path = "x"; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.path = "/\n"; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.domain = ""; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.domain = ".a.example"; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.domain = "A.example"; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.domain = "a.example."; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.domain = "[::1]"; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.name = "__Secure-a"; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.name = "__host-a", c.secure = true, c.path = "/x"; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.name = "", c.value = "__Host-a", c.secure = true; }));
  EXPECT_TRUE(refused([](Cookie& c) { c.same_site = Cookie::SameSite::none; }));
}

TEST_F(CookieJarPutTest, TheChangesOfOneJarMakeTheSameJarAgain) {
  CookieJar copy(suffixes_, {3, 5});
  CookieJar small(suffixes_, {3, 5});
  for (int i = 0; i < 200; ++i) {
    now_ += 1s;
    const Url from =
        url("https://" + std::string(1, static_cast<char>('a' + i * 7 % 4)) + ".example/");
    small.select(from, now_);
    const std::string line = "n" + std::to_string(i * 5 % 7) + "=" + std::to_string(i) +
                             (i % 3 == 0 ? "; Secure" : "") +
                             (i % 4 == 0 ? "; Max-Age=" + std::to_string(i % 12) : "");
    for (const CookieChange& change : small.store(line, from, now_)) {
      if (change.removed) {
        copy.remove(change.cookie);
      } else {
        EXPECT_EQ(copy.put(change.cookie, now_).size(), 1u);
      }
    }
  }
  std::vector<std::string> expected, found;
  const auto add_to = [](std::vector<std::string>& all) {
    return [&all](const Cookie& c) { all.push_back(c.domain + ' ' + c.name + '=' + c.value); };
  };
  small.for_each(add_to(expected));
  copy.for_each(add_to(found));
  EXPECT_EQ(small.size(), 5u);
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace trunkd
