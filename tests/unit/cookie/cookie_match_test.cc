#include "cookie/cookie_match.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(DomainMatchTest, ANameBelongsToItselfAndToTheNamesAboveIt) {
  EXPECT_TRUE(domain_matches("example.org", "example.org"));
  EXPECT_TRUE(domain_matches("www.example.org", "example.org"));
  EXPECT_TRUE(domain_matches("a.b.example.org", "example.org"));
  EXPECT_TRUE(domain_matches("example.org", "org"));
  EXPECT_FALSE(domain_matches("example.org", "www.example.org"));
  EXPECT_FALSE(domain_matches("a.example.org", "b.example.org"));
  EXPECT_FALSE(domain_matches("example.org", "example.com"));
}

TEST(DomainMatchTest, OnlyAtTheBorderOfALabel) {
  EXPECT_FALSE(domain_matches("badexample.org", "example.org"));
  EXPECT_FALSE(domain_matches("www.example.org", "w.example.org"));
  EXPECT_FALSE(domain_matches("www.example.org", ".example.org"));
  EXPECT_FALSE(domain_matches("example.org", ""));
  EXPECT_FALSE(domain_matches("example.org", "."));
}

TEST(DomainMatchTest, AnAddressIsBelowNothing) {
  EXPECT_TRUE(domain_matches("127.0.0.1", "127.0.0.1"));
  EXPECT_TRUE(domain_matches("::1", "::1"));
  EXPECT_FALSE(domain_matches("127.0.0.1", "0.0.1"));
  EXPECT_FALSE(domain_matches("127.0.0.1", "1"));
  EXPECT_FALSE(domain_matches("::ffff:1.2.3.4", "2.3.4"));
  EXPECT_TRUE(domain_matches("1.2.3.4.example", "4.example"));
}

TEST(DefaultPathTest, IsTheRequestsUpToTheLastSlash) {
  EXPECT_EQ(default_path(""), "/");
  EXPECT_EQ(default_path("/"), "/");
  EXPECT_EQ(default_path("/a"), "/");
  EXPECT_EQ(default_path("/a/"), "/a");
  EXPECT_EQ(default_path("/a/b"), "/a");
  EXPECT_EQ(default_path("/a/b/"), "/a/b");
  EXPECT_EQ(default_path("/a/b/c.html"), "/a/b");
  EXPECT_EQ(default_path("//"), "/");
  EXPECT_EQ(default_path("//a"), "/");
  EXPECT_EQ(default_path("/a//b"), "/a/");
  EXPECT_EQ(default_path("/a%2Fb/c"), "/a%2Fb");
  EXPECT_EQ(default_path("*"), "/");
}

TEST(PathMatchTest, APathHoldsItselfAndWhatIsBelow) {
  EXPECT_TRUE(path_matches("/", "/"));
  EXPECT_TRUE(path_matches("/a", "/"));
  EXPECT_TRUE(path_matches("/a", "/a"));
  EXPECT_TRUE(path_matches("/a/", "/a"));
  EXPECT_TRUE(path_matches("/a/b", "/a"));
  EXPECT_TRUE(path_matches("/a/b", "/a/"));
  EXPECT_TRUE(path_matches("/a//b", "/a/"));
  EXPECT_TRUE(path_matches("/a/", "/a/"));
  EXPECT_TRUE(path_matches("//", "/"));
}

TEST(PathMatchTest, OnlyAtTheBorderOfASegment) {
  EXPECT_FALSE(path_matches("/ab", "/a"));
  EXPECT_FALSE(path_matches("/a", "/a/"));
  EXPECT_FALSE(path_matches("/", "/a"));
  EXPECT_FALSE(path_matches("/a", "/a/b"));
  EXPECT_FALSE(path_matches("/b/a", "/a"));
}

TEST(PathMatchTest, NothingIsDecodedAndCaseCounts) {
  EXPECT_FALSE(path_matches("/A", "/a"));
  EXPECT_FALSE(path_matches("/%61", "/a"));
  EXPECT_FALSE(path_matches("/a", "/%61"));
  EXPECT_TRUE(path_matches("/%61/b", "/%61"));
  EXPECT_FALSE(path_matches("/a", "/a?"));
  EXPECT_FALSE(path_matches("/a%20b", "/a b"));
  EXPECT_FALSE(path_matches("/a/../b", "/b"));
}

}  // namespace
}  // namespace trunkd
