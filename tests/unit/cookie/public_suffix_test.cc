#include "cookie/public_suffix.h"

#include <gtest/gtest.h>
#include <string_view>

#include "http/url.h"

namespace trunkd {
namespace {

// The rules used here have stood in the list for ten years and more.
class PublicSuffixTest : public testing::Test {
 protected:
  bool suffix(std::string_view name) { return suffixes_.contains(normalize_host(name).value()); }

  // The suffix and one label: what one owner registers. Empty if the name is a suffix itself.
  std::string registered(std::string_view name) {
    std::string host = normalize_host(name).value();
    if (suffixes_.contains(host)) return "";
    for (size_t dot; (dot = host.find('.')) != host.npos; host.erase(0, dot + 1)) {
      if (suffixes_.contains(host.substr(dot + 1))) return host;
    }
    return host;
  }

  PublicSuffixes suffixes_;
};

TEST_F(PublicSuffixTest, TopLevelDomainsAndRegistriesAreSuffixes) {
  for (const std::string_view name :
       {"com", "COM", "org", "biz", "uk", "co.uk", "jp", "ac.jp", "kyoto.jp", "ide.kyoto.jp", "us",
        "ak.us", "k12.ak.us", "uk.com", "com.cn"}) {
    EXPECT_TRUE(suffix(name)) << name;
  }
}

TEST_F(PublicSuffixTest, WhatIsRegisteredBelowIsNot) {
  EXPECT_EQ(registered("example.com"), "example.com");
  EXPECT_EQ(registered("WwW.Example.COM"), "example.com");
  EXPECT_EQ(registered("a.b.domain.biz"), "domain.biz");
  EXPECT_EQ(registered("a.b.shop.co.uk"), "shop.co.uk");
  EXPECT_EQ(registered("a.b.shop.uk.com"), "shop.uk.com");
  EXPECT_EQ(registered("test.ac"), "test.ac");
  EXPECT_EQ(registered("www.test.jp"), "test.jp");
  EXPECT_EQ(registered("www.test.ac.jp"), "test.ac.jp");
  EXPECT_EQ(registered("a.b.ide.kyoto.jp"), "b.ide.kyoto.jp");
  EXPECT_EQ(registered("www.test.us"), "test.us");
  EXPECT_EQ(registered("www.test.ak.us"), "test.ak.us");
  EXPECT_EQ(registered("www.test.k12.ak.us"), "test.k12.ak.us");
}

TEST_F(PublicSuffixTest, AWildcardMakesEveryNameBelowASuffix) {
  EXPECT_EQ(registered("ck"), "");
  EXPECT_EQ(registered("test.ck"), "");
  EXPECT_EQ(registered("a.b.test.ck"), "b.test.ck");
  EXPECT_EQ(registered("mm"), "");
  EXPECT_EQ(registered("c.mm"), "");
  EXPECT_EQ(registered("a.b.c.mm"), "b.c.mm");
  EXPECT_EQ(registered("c.kobe.jp"), "");
  EXPECT_EQ(registered("a.b.c.kobe.jp"), "b.c.kobe.jp");
}

TEST_F(PublicSuffixTest, AnExceptionTakesANameOutOfTheWildcard) {
  EXPECT_EQ(registered("www.ck"), "www.ck");
  EXPECT_EQ(registered("www.www.ck"), "www.ck");
  EXPECT_EQ(registered("city.kobe.jp"), "city.kobe.jp");
  EXPECT_EQ(registered("www.city.kobe.jp"), "city.kobe.jp");
}

TEST_F(PublicSuffixTest, PrivateSuffixesCount) {
  EXPECT_EQ(registered("github.io"), "");
  EXPECT_EQ(registered("a.someone.github.io"), "someone.github.io");
  EXPECT_EQ(registered("blogspot.com"), "");
}

TEST_F(PublicSuffixTest, AnUnknownTopLevelDomainIsASuffix) {
  EXPECT_EQ(registered("example"), "");
  EXPECT_EQ(registered("localhost"), "");
  EXPECT_EQ(registered("intranet"), "");
  EXPECT_EQ(registered("a.b.example.example"), "example.example");
  EXPECT_EQ(registered("api.docker.internal"), "docker.internal");
}

TEST_F(PublicSuffixTest, InternationalNamesAreKnownByTheirALabels) {
  EXPECT_EQ(registered("xn--55qx5d.cn"), "");
  EXPECT_EQ(registered("www.xn--85x722f.xn--55qx5d.cn"), "xn--85x722f.xn--55qx5d.cn");
  EXPECT_EQ(registered("xn--85x722f.com.cn"), "xn--85x722f.com.cn");
  EXPECT_EQ(registered("xn--fiqs8s"), "");
  EXPECT_EQ(registered("www.xn--85x722f.xn--fiqs8s"), "xn--85x722f.xn--fiqs8s");
  EXPECT_EQ(registered("\xe4\xb8\xad\xe5\x9b\xbd"), "");
  EXPECT_EQ(registered("shishi.\xe4\xb8\xad\xe5\x9b\xbd"), "shishi.xn--fiqs8s");
}

TEST_F(PublicSuffixTest, AnAddressIsNone) {
  EXPECT_FALSE(suffix("127.0.0.1"));
  EXPECT_FALSE(suffix("192.0.2.1"));
  EXPECT_FALSE(suffix("::1"));
  EXPECT_FALSE(suffix("2001:db8::1"));
}

}  // namespace
}  // namespace trunkd
