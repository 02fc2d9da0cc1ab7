// A full jar: which cookie goes.

#include "jar_fixture.h"

namespace trunkd {
namespace {

class CookieJarLimitsTest : public JarTest {
 protected:
  CookieJarLimitsTest() { now_ += 1s; }

  // Each a second after the one before.
  std::string store_later(std::string_view from, std::string_view line) {
    now_ += 1s;
    return told(small_.store(line, url(from), now_));
  }
  void use(std::string_view to) {
    now_ += 1s;
    small_.select(url(to), now_);
  }

  CookieJar small_{suffixes_, {3, 5}};
};

constexpr std::string_view kA = "https://a.example/";
constexpr std::string_view kB = "https://b.example/";

TEST_F(CookieJarLimitsTest, OfADomainTheLeastRecentlyUsedGoes) {
  store_later(kA, "a=1; Path=/a");
  store_later(kA, "b=2; Path=/b");
  store_later(kA, "c=3; Path=/c");
  use("https://a.example/a");
  EXPECT_EQ(store_later(kA, "d=4"), "-b=2 +d=4");
  EXPECT_EQ(store_later(kA, "e=5"), "-c=3 +e=5");
  EXPECT_EQ(small_.size(), 3u);
}

TEST_F(CookieJarLimitsTest, OfADomainTheSecureGoLast) {
  store_later(kA, "a=1; Secure");
  store_later(kA, "b=2");
  store_later(kA, "c=3; Secure");
  EXPECT_EQ(store_later(kA, "d=4; Secure"), "-b=2 +d=4");
  EXPECT_EQ(store_later(kA, "e=5; Secure"), "-a=1 +e=5");
}

TEST_F(CookieJarLimitsTest, APlainCookieFindsNoRoomAmongSecureOnes) {
  for (const std::string_view line : {"a=1; Secure", "b=2; Secure", "c=3; Secure"}) {
    store_later(kA, line);
  }
  EXPECT_EQ(store_later(kA, "d=4"), "");
  EXPECT_EQ(small_.size(), 3u);
}

TEST_F(CookieJarLimitsTest, TheExpiredGoFirst) {
  store_later(kA, "a=1");
  store_later(kA, "b=2; Max-Age=2");
  store_later(kA, "c=3");
  EXPECT_EQ(store_later(kA, "d=4"), "-b=2 +d=4");
}

TEST_F(CookieJarLimitsTest, AReplacedCookieTakesNoRoom) {
  for (const std::string_view line : {"a=1", "b=2", "c=3"}) store_later(kA, line);
  EXPECT_EQ(store_later(kA, "a=4"), "+a=4");
  EXPECT_EQ(small_.size(), 3u);
}

TEST_F(CookieJarLimitsTest, TheDomainOfTheCookieCountsNotTheHost) {
  for (const std::string_view line : {"a=1", "b=2", "c=3"})
    store_later("https://x.a.example/", line);
  EXPECT_EQ(store_later("https://x.a.example/", "d=4; Domain=a.example"), "+d=4");
}

TEST_F(CookieJarLimitsTest, OfAllTheLeastRecentlyUsedGoesSecureOrNot) {
  store_later(kA, "a=1; Secure");
  store_later(kB, "b=2");
  store_later(kA, "c=3");
  store_later(kB, "d=4");
  store_later(kA, "e=5");
  EXPECT_EQ(store_later("http://c.example/", "f=6"), "-a=1 +f=6");
  use(kB);
  EXPECT_EQ(store_later("http://c.example/", "g=7"), "-c=3 +g=7");
  EXPECT_EQ(small_.size(), 5u);
}

TEST_F(CookieJarLimitsTest, ADomainWhoseLastCookieGoesCanComeAgain) {
  store_later("http://c.example/", "f=6");
  for (const std::string_view line : {"a=1", "b=2", "c=3"}) store_later(kA, line);
  store_later(kB, "d=4");
  EXPECT_EQ(store_later(kB, "e=5"), "-f=6 +e=5");
  EXPECT_EQ(store_later("http://c.example/", "g=7"), "-a=1 +g=7");
}

TEST_F(CookieJarLimitsTest, ADomainMayHave180AndAJar3300) {
  for (int i = 0; i < 200; ++i) set(kA, "n" + std::to_string(i) + "=v; Path=/");
  EXPECT_EQ(jar_.size(), 180u);
  for (int host = 0; host < 40; ++host) {
    const std::string from = "http://h" + std::to_string(host) + ".example/";
    for (int i = 0; i < 100; ++i) set(from, "n" + std::to_string(i) + "=v");
  }
  EXPECT_EQ(jar_.size(), 3300u);
}

}  // namespace
}  // namespace trunkd
