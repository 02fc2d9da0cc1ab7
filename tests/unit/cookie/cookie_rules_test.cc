// Who may set which cookie, and where it goes: the rules that need no other cookie.

#include <vector>

#include "jar_fixture.h"

namespace trunkd {
namespace {

class CookieRulesTest : public JarTest {};

constexpr std::string_view kHome = "http://home.example.org/";

TEST_F(CookieRulesTest, WithoutADomainACookieIsForTheHostAlone) {
  EXPECT_EQ(sent_after(kHome, {"a=b"}, kHome), "a=b");
  EXPECT_EQ(sent_after(kHome, {"a=b"}, "http://below.home.example.org/"), "");
  EXPECT_EQ(sent_after(kHome, {"a=b"}, "http://example.org/"), "");
  EXPECT_EQ(sent_after(kHome, {"a=b"}, "http://home.example.com/"), "");
}

TEST_F(CookieRulesTest, PortAndSchemeTellNoCookiesApart) {
  EXPECT_EQ(sent_after("http://home.example.org:8080/", {"a=b"}, "https://home.example.org/"),
            "a=b");
}

TEST_F(CookieRulesTest, ADomainIsTheHostOrANameAboveIt) {
  struct Case {
    std::string_view domain, to, sent;
  };
  const std::vector<Case> cases = {
      {"home.example.org", "home.example.org", "a=b"},
      {"home.example.org", "below.home.example.org", "a=b"},
      {"home.example.org", "a.below.home.example.org", "a=b"},
      {"home.example.org", "other.example.org", ""},
      {"home.example.org", "example.org", ""},
      {"home.example.org", "myhome.example.org", ""},
      {".home.example.org", "home.example.org", "a=b"},
      {".home.example.org", "below.home.example.org", "a=b"},
      {"example.org", "home.example.org", "a=b"},
      {".example.org", "other.example.org", "a=b"},
      {"example.org", "example.org", "a=b"},
      {"HOME.eXaMpLe.org", "home.example.org", "a=b"},
      {"home.example.org", "HOME.Example.ORG", "a=b"},
      {"  .home.example.org  ", "home.example.org", "a=b"},
      {"other.example.org", "other.example.org", ""},
      {"other.example.org", "home.example.org", ""},
      {".below.home.example.org", "below.home.example.org", ""},
      {"ome.example.org", "home.example.org", ""},
      {"example.com", "home.example.org", ""},
      {"..home.example.org", "home.example.org", ""},
      {"home..example.org", "home.example.org", ""},
      {". home.example.org", "home.example.org", ""},
      {"home.example.org.", "home.example.org", ""},
      {"home.example.org..", "home.example.org", ""},
      {"home.example.org .", "home.example.org", ""},
      {"\"home.example.org\"", "home.example.org", ""},
      {"home.example.org:80", "home.example.org", ""},
      {"http://home.example.org", "home.example.org", ""},
      {"home.example.org/", "home.example.org", ""},
      {"*.example.org", "home.example.org", ""},
      {"home.example.org, example.org", "home.example.org", ""},
      {"home%2Eexample.org", "home.example.org", ""},
      {".", "home.example.org", ""},
      {"..", "home.example.org", ""},
      {"org", "home.example.org", ""},
      {".org", "home.example.org", ""},
      {"org.", "home.example.org", ""},
  };
  for (const Case& c : cases) {
    const std::string line = "a=b; Domain=" + std::string(c.domain);
    EXPECT_EQ(sent_after(kHome, {line}, "http://" + std::string(c.to) + "/"), c.sent)
        << c.domain << " to " << c.to;
  }
}

TEST_F(CookieRulesTest, AnEmptyDomainIsNone) {
  for (const std::string_view line :
       {"a=b; Domain", "a=b; Domain=", "a=b; Domain= ; Path=/",
        "a=b; Domain=other.example.org; Domain=", "a=b; Domain=example.org; Domain="}) {
    EXPECT_EQ(sent_after(kHome, {line}, kHome), "a=b") << line;
    EXPECT_EQ(sent("http://below.home.example.org/"), "") << line;
  }
}

TEST_F(CookieRulesTest, TheLastDomainDecides) {
  EXPECT_EQ(sent_after(kHome, {"a=b; Domain=example.org; Domain=home.example.org"},
                       "http://other.example.org/"),
            "");
  EXPECT_EQ(sent_after(kHome, {"a=b; Domain=home.example.org; Domain=example.org"},
                       "http://other.example.org/"),
            "a=b");
  EXPECT_EQ(sent_after(kHome, {"a=b; Domain=home.example.org; Domain=example.com"}, kHome), "");
  EXPECT_EQ(sent_after(kHome, {"a=b; Domain=example.com; Domain=home.example.org"}, kHome), "a=b");
  EXPECT_EQ(sent_after(kHome, {"a=b; Domain=.; Domain=example.org"}, kHome), "a=b");
}

TEST_F(CookieRulesTest, ADomainOfManyNamesIsRefused) {
  for (const std::string_view suffix : {"com", "co.uk", "github.io", "test.ck", "c.kobe.jp",
                                        "example", "localhost", "xn--fiqs8s"}) {
    const std::string name(suffix);
    EXPECT_EQ(sent_after("http://www." + name + "/", {"a=b; Domain=" + name}, "http://www." + name),
              "")
        << suffix;
  }
  for (const std::string_view own :
       {"example.com", "shop.co.uk", "www.ck", "city.kobe.jp", "someone.github.io"}) {
    const std::string name(own);
    EXPECT_EQ(sent_after("http://www." + name + "/", {"a=b; Domain=" + name}, "http://" + name),
              "a=b")
        << own;
  }
}

TEST_F(CookieRulesTest, APublicSuffixKeepsACookieForItself) {
  for (const std::string_view suffix : {"github.io", "co.uk", "localhost", "intranet"}) {
    const std::string host = "http://" + std::string(suffix) + "/";
    const std::string line = "a=b; Domain=." + std::string(suffix);
    EXPECT_EQ(sent_after(host, {line}, host), "a=b") << suffix;
    EXPECT_TRUE(only().host_only) << suffix;
    EXPECT_EQ(sent("http://www." + std::string(suffix) + "/"), "") << suffix;
  }
}

TEST_F(CookieRulesTest, AnAddressKeepsItsCookiesForItself) {
  const std::string_view v4 = "http://192.0.2.7/", v6 = "http://[2001:db8::7]/";
  EXPECT_EQ(sent_after(v4, {"a=b"}, v4), "a=b");
  EXPECT_EQ(sent_after(v4, {"a=b; Domain=192.0.2.7"}, v4), "a=b");
  EXPECT_TRUE(only().host_only);
  EXPECT_EQ(sent_after(v6, {"a=b"}, v6), "a=b");
  EXPECT_EQ(sent_after(v6, {"a=b; Domain=[2001:DB8::7]"}, v6), "a=b");
  EXPECT_EQ(sent_after(v6, {"a=b; Domain=2001:db8::7"}, v6), "a=b");
  EXPECT_EQ(only().domain, "2001:db8::7");
  for (const std::string_view domain : {"2.7", "0.2.7", ".2.7", "7", "192.0.2.8", "192.0.2",
                                        "[::1]", "192.0.2.07", "0xc0000207", "example.org"}) {
    const std::string line = "a=b; Domain=" + std::string(domain);
    EXPECT_EQ(sent_after(v4, {line}, v4), "") << domain;
    EXPECT_EQ(sent_after(v6, {line}, v6), "") << domain;
  }
}

TEST_F(CookieRulesTest, InternationalNamesAreALabelsInADomain) {
  const std::string_view host =
      "http://www.b\xc3\xbc"
      "cher.example/";
  EXPECT_EQ(sent_after(host, {"a=b; Domain=xn--bcher-kva.example"}, host), "a=b");
  EXPECT_EQ(sent("http://xn--bcher-KVA.example/"), "a=b");
  EXPECT_EQ(sent_after(host,
                       {"a=b; Domain=b\xc3\xbc"
                        "cher.example"},
                       host),
            "");
  EXPECT_EQ(sent_after(host,
                       {"a=b; Domain=xn--bcher-kva\xe3\x80\x82"
                        "example"},
                       host),
            "");
  EXPECT_EQ(sent_after(host, {"a=b; Domain=xn--bcher-kvb.example"}, host), "");
  EXPECT_EQ(sent_after(host, {"a=b; Domain=\xff.example"}, host), "");
}

TEST_F(CookieRulesTest, ALongDomainIsNoNameButTooLongAnAttributeIsNotThere) {
  EXPECT_EQ(sent_after(kHome, {"a=b; Domain=" + std::string(1020, 'a') + ".com"}, kHome), "");
  EXPECT_EQ(sent_after(kHome, {"a=b; Domain=" + std::string(1021, 'a') + ".com"}, kHome), "a=b");
}

TEST_F(CookieRulesTest, APathRestrictsACookie) {
  struct Case {
    std::string_view path, to, sent;
  };
  const std::vector<Case> cases = {
      {"/", "/", "a=b"},
      {"/", "/x/y", "a=b"},
      {"/x", "/x", "a=b"},
      {"/x", "/x?q", "a=b"},
      {"/x", "/x/", "a=b"},
      {"/x", "/x/y", "a=b"},
      {"/x", "/xy", ""},
      {"/x", "/", ""},
      {"/x/", "/x", ""},
      {"/x/", "/x/", "a=b"},
      {"/x/", "/x//y", "a=b"},
      {"/x/y", "/x", ""},
      {"/X", "/x", ""},
      {"/x?", "/x?", ""},
      {"/x#", "/x", ""},
      {"/%78", "/x", ""},
      {"/x", "/%78", ""},
      {"/x y", "/x%20y", ""},
      {"/x%20y", "/x%20y", "a=b"},
      {"x", "/dir/z", "a=b"},
      {"x", "/x", ""},
      {"", "/dir", "a=b"},
      {"\"/x\"", "/dir/z", "a=b"},
      {"//x", "//x", "a=b"},
  };
  for (const Case& c : cases) {
    const std::string line = "a=b; Path=" + std::string(c.path);
    EXPECT_EQ(sent_after("http://home.example.org/dir/page", {line},
                         "http://home.example.org" + std::string(c.to)),
              c.sent)
        << c.path << " to " << c.to;
  }
}

TEST_F(CookieRulesTest, WithoutAPathItIsTheFolderOfTheRequest) {
  EXPECT_EQ(sent_after("http://a.example/x/y?q=/z/", {"a=b"}, "http://a.example/x/other"), "a=b");
  EXPECT_EQ(only().path, "/x");
  EXPECT_EQ(sent_after("http://a.example/x/y", {"a=b"}, "http://a.example/"), "");
  EXPECT_EQ(sent_after("http://a.example/x", {"a=b"}, "http://a.example/"), "a=b");
  EXPECT_EQ(sent_after("http://a.example/x/", {"a=b"}, "http://a.example/x"), "a=b");
  EXPECT_EQ(sent_after("http://a.example/x/y", {"a=b; Path=/z; Path="}, "http://a.example/x"),
            "a=b");
  EXPECT_EQ(sent_after("http://a.example/x/y", {"a=b; Path=; Path=/z"}, "http://a.example/x"), "");
}

TEST_F(CookieRulesTest, ASecureCookieIsForHttpsAlone) {
  const std::string_view plain = "http://a.example/", tls = "https://a.example/";
  EXPECT_EQ(sent_after(plain, {"a=b; Secure"}, tls), "");
  EXPECT_EQ(sent_after(tls, {"a=b; Secure"}, tls), "a=b");
  EXPECT_EQ(sent(plain), "");
  EXPECT_EQ(sent_after(tls, {"a=b"}, plain), "a=b");
  // Where the bytes go in the clear, localhost is no exception.
  EXPECT_EQ(sent_after("http://localhost/", {"a=b; Secure"}, "http://localhost/"), "");
  EXPECT_EQ(sent_after("https://localhost/", {"a=b; Secure"}, "http://127.0.0.1/"), "");
}

TEST_F(CookieRulesTest, HttpOnlyAndSameSiteWithholdNothing) {
  EXPECT_EQ(
      sent_after(kHome, {"a=b; HttpOnly", "c=d; SameSite=Strict", "e=f; SameSite=Lax"}, kHome),
      "a=b; c=d; e=f");
  set(kHome, "only=1; HttpOnly; SameSite=Strict; Domain=home.example.org");
  jar_.for_each([](const Cookie& cookie) {
    EXPECT_EQ(cookie.http_only, cookie.name == "a" || cookie.name == "only");
  });
}

TEST_F(CookieRulesTest, SameSiteNoneHasToBeSecure) {
  EXPECT_EQ(sent_after("https://a.example/", {"a=b; SameSite=None"}, "https://a.example/"), "");
  EXPECT_EQ(sent_after("https://a.example/", {"a=b; SameSite=None; Secure"}, "https://a.example/"),
            "a=b");
  EXPECT_EQ(only().same_site, Cookie::SameSite::none);
  EXPECT_EQ(
      sent_after("https://a.example/", {"a=b; SameSite=None; SameSite=x"}, "https://a.example/"),
      "a=b");
}

TEST_F(CookieRulesTest, ThePrefixSecureIsKept) {
  const std::string_view tls = "https://www.site.example/x/";
  for (const std::string_view name : {"__Secure-a", "__secure-a", "__SECURE-a", "__SeCuRe-"}) {
    const std::string cookie = std::string(name) + "=b";
    EXPECT_EQ(sent_after(tls, {cookie}, tls), "") << name;
    EXPECT_EQ(sent_after(tls, {cookie + "; Secure"}, tls), cookie);
    EXPECT_EQ(sent_after(tls, {cookie + "; Secure; Domain=site.example; Path=/"}, tls), cookie);
    EXPECT_EQ(sent_after("http://site.example/", {cookie}, "http://site.example/"), "");
    EXPECT_EQ(sent_after("http://site.example/", {cookie + "; Secure"}, tls), "");
  }
  EXPECT_EQ(sent_after(tls, {"_Secure-a=b", "__Secure=b", " x__Secure-a=b"}, tls),
            "_Secure-a=b; __Secure=b; x__Secure-a=b");
}

TEST_F(CookieRulesTest, ThePrefixHostIsKept) {
  const std::string_view tls = "https://www.site.example/";
  for (const std::string_view name : {"__Host-a", "__host-a", "__HOST-a", "__HoSt-"}) {
    const std::string cookie = std::string(name) + "=b";
    for (const std::string_view with :
         {"; Secure; Path=/", "; Path=/; Secure; HttpOnly; Max-Age=10",
          "; Secure; Path=/; Domain=", "; Secure; Path=/x; Path=/"}) {
      EXPECT_EQ(sent_after(tls, {cookie + std::string(with)}, tls), cookie) << with;
    }
    for (const std::string_view with :
         {"", "; Secure", "; Path=/", "; Secure; Path=/x", "; Secure; Path=", "; Secure; Path",
          "; Secure; Path=x", "; Secure; Path=/; Path=", "; Secure; Path=/; Domain=site.example",
          "; Secure; Path=/; Domain=www.site.example"}) {
      EXPECT_EQ(sent_after(tls, {cookie + std::string(with)}, tls), "") << with;
    }
    EXPECT_EQ(sent_after("http://site.example/", {cookie + "; Secure; Path=/"}, tls), "");
  }
}

TEST_F(CookieRulesTest, ANamelessCookieMayNotLookLikeAPrefix) {
  const std::string_view tls = "https://www.site.example/";
  for (const std::string_view value :
       {"__Host-a=b", "__host-a=b", "__Secure-a=b", "__SECURE-a", "__Host-", "__Secure-"}) {
    for (const std::string_view before : {"=", " = ", "=\t"}) {
      const std::string line = std::string(before) + std::string(value) + "; Secure; Path=/";
      EXPECT_EQ(sent_after(tls, {line}, tls), "") << line;
    }
  }
  EXPECT_EQ(sent_after(tls, {"==__Host-a; Secure; Path=/"}, tls), "=__Host-a");
  EXPECT_EQ(sent_after(tls, {"__Host-a; Secure; Path=/"}, tls), "");
  EXPECT_EQ(sent_after(tls, {"a=__Host-b"}, tls), "a=__Host-b");
}

TEST_F(CookieRulesTest, TheValueIsSentAsItCame) {
  for (const std::string_view pair :
       {"a=\"b\"", "a=\"b", "a=b=c==", "a=%41%zz", "a=b, c=d", "a=b\tc", "a=\xe6\x98\xa5\xff",
        "\xe6\x98\xa5=b", "a=", "a b=c d", "a=\\\"", "a={\"json\":[1,2]}"}) {
    EXPECT_EQ(sent_after(kHome, {pair}, kHome), pair);
  }
}

TEST_F(CookieRulesTest, ANamelessCookieIsSentAsItsValue) {
  EXPECT_EQ(sent_after(kHome, {"a"}, kHome), "a");
  EXPECT_EQ(sent_after(kHome, {"=a"}, kHome), "a");
  EXPECT_EQ(sent_after(kHome, {"=a=b"}, kHome), "a=b");
  EXPECT_EQ(sent_after(kHome, {"x=1", "=a", "y=2"}, kHome), "x=1; a; y=2");
  EXPECT_EQ(sent_after(kHome, {"a", "b", "=c"}, kHome), "c");
  EXPECT_EQ(sent_after(kHome, {"a", "", "=", ";x", "  "}, kHome), "a");
}

}  // namespace
}  // namespace trunkd
