#include "session/set_cookie_view.h"

#include <gtest/gtest.h>

#include "client_views.h"
#include "routing_fixture.h"

namespace trunkd {
namespace {

class SetCookieViewTest : public testing::Test {
 protected:
  std::string seen(std::string_view value, const ClientView& view) {
    dropped_secure_ = false;
    return rewrite_set_cookie(value, session_, view, sent_, &dropped_secure_).value_or("(kept)");
  }

  SessionConfig session_ = single_host("shop", {Scheme::https, "shop.test", 443}, "/v1/items");
  Url sent_ = *parse_url("https://shop.test/v1/items/a/7");
  bool dropped_secure_ = false;
};

TEST_F(SetCookieViewTest, AnAbsoluteViewLosesSecureAndNothingElse) {
  EXPECT_EQ(seen("a=b; Domain=shop.test; Path=/v1; Secure; HttpOnly; SameSite=Lax", kAbsolute),
            "a=b; Domain=shop.test; Path=/v1; HttpOnly; SameSite=Lax");
  EXPECT_EQ(seen("a=b;  path = /x ;secure ;x", kAbsolute), "a=b;  path = /x ;x");
}

TEST_F(SetCookieViewTest, ALocalViewLosesDomainAndSecure) {
  EXPECT_EQ(seen("a=b; DOMAIN=.shop.test; secure; HttpOnly; Max-Age=5", kLocalView),
            "a=b; HttpOnly; Max-Age=5");
  EXPECT_EQ(seen("a=b", kLocalView), "a=b");
  EXPECT_EQ(seen("secure; x", kLocalView), "secure; x");  // the first part is the cookie
  EXPECT_EQ(seen("", kLocalView), "");
}

TEST_F(SetCookieViewTest, ThePathBecomesTheViews) {
  const struct {
    const char *path, *local, *prefix;
  } rows[] = {
      {"/", "/", "/s/shop"},           {"/v1", "/", "/s/shop"},
      {"/v1/", "/", "/s/shop"},        {"/v1/items", "/", "/s/shop"},
      {"/v1/items/", "/", "/s/shop/"}, {"/v1/items/a", "/a", "/s/shop/a"},
      {"relative", "/a", "/s/shop/a"},  // no path at all: the request's own (RFC 6265bis, 5.1.4)
      {"", "/a", "/s/shop/a"},
  };
  for (const auto& row : rows) {
    const std::string value = std::string("a=b; Path=") + row.path + "; Secure";
    EXPECT_EQ(seen(value, kLocalView), std::string("a=b; Path=") + row.local) << row.path;
    EXPECT_EQ(seen(value, kPrefix), std::string("a=b; Path=") + row.prefix) << row.path;
  }
}

TEST_F(SetCookieViewTest, ACookieForAPathThatTheClientCannotAskForIsKeptBack) {
  EXPECT_EQ(seen("a=b; Path=/v2", kLocalView), "(kept)");
  EXPECT_EQ(seen("a=b; Path=/v1/it", kPrefix), "(kept)");
}

TEST_F(SetCookieViewTest, BehindAPrefixACookieWithoutAPathGetsOne) {
  EXPECT_EQ(seen("a=b; HttpOnly", kPrefix), "a=b; HttpOnly; Path=/s/shop/a");
  sent_ = *parse_url("https://shop.test/v1/items");
  EXPECT_EQ(seen("a=b", kPrefix), "a=b; Path=/s/shop");
}

TEST_F(SetCookieViewTest, WithoutABaseThePathStaysAsItIs) {
  session_.base_path = "";
  EXPECT_EQ(seen("a=b; Path=/x/y", kLocalView), "a=b; Path=/x/y");
  EXPECT_EQ(seen("a=b; Path=/", kLocalView), "a=b; Path=/");
  EXPECT_EQ(seen("a=b; Path=/x", kPrefix), "a=b; Path=/s/shop/x");
  EXPECT_EQ(seen("a=b; Path=/", kPrefix), "a=b; Path=/s/shop");
}

TEST_F(SetCookieViewTest, AMultiHostSessionKeepsCookiesBackUnlessTheClientSeesTheHost) {
  session_ = multi_host("crawler", {{"shop.test", false, 443}});
  EXPECT_EQ(seen("a=b", kLocalView), "(kept)");
  EXPECT_EQ(seen("a=b", {ClientView::Kind::target, "/s/crawler"}), "(kept)");
  EXPECT_EQ(seen("a=b; Secure", kAbsolute), "a=b");
}

TEST_F(SetCookieViewTest, ANameThatPromisesSecureIsReportedWhenItLosesIt) {
  seen("__Host-a=b; Path=/; Secure", kLocalView);
  EXPECT_TRUE(dropped_secure_);
  seen("__secure-a=b; Secure", kAbsolute);
  EXPECT_TRUE(dropped_secure_);
  seen("a=__Host-; Secure", kLocalView);
  EXPECT_FALSE(dropped_secure_);
  EXPECT_EQ(rewrite_set_cookie("__Host-a=b; Secure", session_, kLocalView, sent_, nullptr),
            "__Host-a=b");
}

}  // namespace
}  // namespace trunkd
