#include "session/client_view.h"

#include <gtest/gtest.h>

#include "client_views.h"
#include "routing_fixture.h"

namespace trunkd {
namespace {

class ClientViewTest : public testing::Test {
 protected:
  std::string rewrite(std::string_view name, std::string_view value, const ClientView& view,
                      const SessionConfig& session) const {
    return rewrite_field(name, value, session, view, sent_, nullptr).value_or("(dropped)");
  }
  std::string location(std::string_view value, const ClientView& view) const {
    return rewrite("Location", value, view, shop_);
  }

  const SessionConfig shop_ = single_host("shop", {Scheme::https, "shop.test", 443}, "/v1/items");
  const SessionConfig crawler_ =
      multi_host("crawler", {{"example.com", true, std::nullopt}, {"shop.test", false, 443}});
  Url sent_ = *parse_url("https://shop.test/v1/items/7?page=2");
};

TEST_F(ClientViewTest, WhatLiesInsideBecomesAPathInTheLocalView) {
  const struct {
    const char *upstream, *seen;
  } rows[] = {
      {"https://shop.test/v1/items/8", "/8"},
      {"https://shop.test:443/v1/items/8?a=b#c", "/8?a=b#c"},
      {"HTTPS://SHOP.test./v1/items/8", "/8"},
      {"https://shop.test:00443/v1/items/8", "/8"},
      {"https://shop.test/v1/items", "/"},
      {"https://shop.test/v1/items?x", "/?x"},
      {"//shop.test/v1/items/8", "/8"},
      {"/v1/items/8", "/8"},
      {"8", "/8"},
      {"8/", "/8/"},
      {"?page=3", "/7?page=3"},
      {"#part", "/7?page=2#part"},
      {"./8", "/8"},
      {"../items/9", "/9"},
      {"/v1/items/a/../b", "/b"},
      {"/v1/items//x", "/.//x"},  // not the host x
      {"  /v1/items/8 ", "/8"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(location(row.upstream, kLocalView), row.seen) << row.upstream;
}

TEST_F(ClientViewTest, WhatLiesOutsideBecomesTheAbsoluteUrl) {
  const struct {
    const char *upstream, *seen;
  } rows[] = {
      {"/v1/items-old/8", "https://shop.test/v1/items-old/8"},  // whole segments only
      {"/v1", "https://shop.test/v1"},
      {"../../x", "https://shop.test/x"},
      {"/V1/items/8", "https://shop.test/V1/items/8"},
      {"//elsewhere.test/v1/items/8", "https://elsewhere.test/v1/items/8"},
      {"https://shop.test:8443/v1/items/8", "https://shop.test:8443/v1/items/8"},
      {"http://shop.test/v1/items/8", "http://shop.test/v1/items/8"},
      {"http://shop.test:443/v1/items/8", "http://shop.test:443/v1/items/8"},
      {"HTTP://Elsewhere.test:80/A/../b", "HTTP://Elsewhere.test:80/A/../b"},  // as it was
  };
  for (const auto& row : rows) {
    EXPECT_EQ(location(row.upstream, kLocalView), row.seen) << row.upstream;
    EXPECT_EQ(location(row.upstream, kPrefix), row.seen) << row.upstream;
  }
}

TEST_F(ClientViewTest, WhatCannotBeParsedStaysAsItIs) {
  for (const char* value : {"mailto:a@b", "http://", "https://u:p@shop.test/v1/items/8",
                            "https://0x7f000001/", "https://shop.test:99999/", "javascript:1"}) {
    EXPECT_EQ(location(value, kLocalView), value);
  }
}

TEST_F(ClientViewTest, ThePrefixViewPutsThePrefixInFront) {
  EXPECT_EQ(location("/v1/items/8?x", kPrefix), "/s/shop/8?x");
  EXPECT_EQ(location("/v1/items", kPrefix), "/s/shop/");
  EXPECT_EQ(location("/v1/items//x", kPrefix), "/s/shop//x");
}

TEST_F(ClientViewTest, TheAbsoluteViewIsHttpOnTheOriginsHostWhateverThePath) {
  EXPECT_EQ(location("/elsewhere?x#y", kAbsolute), "http://shop.test/elsewhere?x#y");
  EXPECT_EQ(location("https://shop.test:443/v1/items/8", kAbsolute), "http://shop.test/v1/items/8");
  EXPECT_EQ(location("https://other.test/", kAbsolute), "https://other.test/");
  const SessionConfig odd = single_host("odd", {Scheme::https, "shop.test", 8443});
  EXPECT_EQ(rewrite("Location", "https://shop.test:8443/x", kAbsolute, odd),
            "http://shop.test:8443/x");
  // A redirect of a plain origin to TLS leads to another origin, not back to the same URL.
  const SessionConfig plain = single_host("plain", {Scheme::http, "shop.test", 80});
  EXPECT_EQ(rewrite("Location", "https://shop.test/x", kAbsolute, plain), "https://shop.test/x");
}

TEST_F(ClientViewTest, AMultiHostSessionByPathShowsEveryAllowedHost) {
  EXPECT_EQ(rewrite("Location", "/x?q", kTarget, crawler_), "/s/crawler/https/shop.test/x?q");
  EXPECT_EQ(rewrite("Location", "http://a.example.com/y", kTarget, crawler_),
            "/s/crawler/http/a.example.com/y");
  EXPECT_EQ(rewrite("Location", "http://evil.test/y", kTarget, crawler_), "http://evil.test/y");
}

TEST_F(ClientViewTest, AMultiHostSessionByFieldShowsTheSameOriginOnly) {
  EXPECT_EQ(rewrite("Location", "/x", kLocalView, crawler_), "/x");
  EXPECT_EQ(rewrite("Location", "https://shop.test/x", kLocalView, crawler_), "/x");
  EXPECT_EQ(rewrite("Location", "http://a.example.com/y", kLocalView, crawler_),
            "http://a.example.com/y");
}

TEST_F(ClientViewTest, AMultiHostSessionByAbsoluteFormKeepsTheSchemeApart) {
  sent_ = *parse_url("http://a.example.com/x");
  EXPECT_EQ(rewrite("Location", "https://a.example.com/x", kAbsolute, crawler_),
            "https://a.example.com/x");
  EXPECT_EQ(rewrite("Location", "/y", kAbsolute, crawler_), "http://a.example.com/y");
}

TEST_F(ClientViewTest, ABaseWithASlashAtItsEndHasNoViewWithoutIt) {
  const SessionConfig session = single_host("s", {Scheme::https, "shop.test", 443}, "/v1/");
  EXPECT_EQ(rewrite("Location", "/v1/", kLocalView, session), "/");
  EXPECT_EQ(rewrite("Location", "/v1/a", kLocalView, session), "/a");
  EXPECT_EQ(rewrite("Location", "/v1", kLocalView, session), "https://shop.test/v1");
}

TEST_F(ClientViewTest, ARedirectThatOnlyAddsASlashToTheBaseDoesNotGoInCircles) {
  EXPECT_EQ(location("/v1/items/", kLocalView), "/");
  sent_ = *parse_url("https://shop.test/v1/items");
  EXPECT_EQ(location("/v1/items/", kLocalView), "https://shop.test/v1/items/");
  EXPECT_EQ(location("/v1/items/1", kLocalView), "/1");
}

TEST_F(ClientViewTest, ContentLocationIsALocation) {
  EXPECT_EQ(rewrite("content-location", "/v1/items/8", kPrefix, shop_), "/s/shop/8");
}

TEST_F(ClientViewTest, RefreshIsReadAsBrowsersDo) {
  const struct {
    const char *upstream, *seen;
  } rows[] = {
      {"5; url=/v1/items/8", "5; url=/8"},
      {"5;URL='/v1/items/8'; x", "5;URL='/8'; x"},
      {"0, url = \"/v1/items/8\"", "0, url = \"/8\""},
      {"0.5 ; /v1/items/8", "0.5 ; /8"},
      {"5;url=\"/v1/items/8", "5;url=\"/8"},
      {"5; url=https://elsewhere.test/", "5; url=https://elsewhere.test/"},
      {"5", "5"},
      {"5;", "5;"},
      {"5; url=", "5; url="},
      {"5; url=''", "5; url=''"},
      {"soon; url=/v1/items/8", "soon; url=/v1/items/8"},
      {"", ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(rewrite("Refresh", row.upstream, kLocalView, shop_), row.seen) << row.upstream;
  }
}

TEST_F(ClientViewTest, EveryTargetOfALinkIsRewritten) {
  const struct {
    const char *upstream, *seen;
  } rows[] = {
      {"<https://shop.test/v1/items?page=3>; rel=\"next\", </v1/items?page=9>; rel=last",
       "</?page=3>; rel=\"next\", </?page=9>; rel=last"},
      {"<8>; title=\"a <b> \\\" <c>\", <9>", "</8>; title=\"a <b> \\\" <c>\", </9>"},
      {"</style.css>; rel=preload", "<https://shop.test/style.css>; rel=preload"},
      {"<mailto:a@b>, <8", "<mailto:a@b>, <8"},
      {"<a,b;c>", "</a,b;c>"},
      {"", ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(rewrite("Link", row.upstream, kLocalView, shop_), row.seen) << row.upstream;
  }
}

TEST_F(ClientViewTest, WhatWouldLeadAroundUsIsDropped) {
  EXPECT_EQ(rewrite("Alt-Svc", "h3=\":443\"", kLocalView, shop_), "(dropped)");
  EXPECT_EQ(rewrite("strict-transport-security", "max-age=1", kAbsolute, shop_), "(dropped)");
  EXPECT_EQ(rewrite("Trunkd-Connection", "forged", kLocalView, shop_), "(dropped)");
}

TEST_F(ClientViewTest, OnlyTheFieldsOfTheListAreRewritten) {
  for (const char* name : {"Location", "content-location", "REFRESH", "Link", "Set-Cookie",
                           "Alt-Svc", "Strict-Transport-Security", "Trunkd-X", "trunkd-"}) {
    EXPECT_TRUE(is_rewritten(name)) << name;
  }
  for (const char* name : {"", "L", "Locations", "Link-Template", "Server", "Content-Type", "ETag",
                           "Age", "Set-Cookie2", "Trunkd", "Retry-After"}) {
    EXPECT_FALSE(is_rewritten(name)) << name;
    EXPECT_EQ(rewrite(name, "/v1/items/8", kLocalView, shop_), "/v1/items/8");
  }
}

}  // namespace
}  // namespace trunkd
