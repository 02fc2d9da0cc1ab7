#include "cookie/set_cookie.h"

#include <gtest/gtest.h>
#include <string>

#include "http/date.h"

namespace trunkd {
namespace {

// "name|value", or "ignored".
std::string pair(std::string_view line) {
  const auto set = parse_set_cookie(line);
  return set ? std::string(set->name) + '|' + std::string(set->value) : "ignored";
}

// The attributes of "a=b" and what follows it.
SetCookie attributes(std::string_view text) {
  static std::string line;  // what comes out are parts of it
  line = "a=b" + std::string(text);
  return parse_set_cookie(line).value();
}

TEST(SetCookieTest, TheFirstEqualsSignSeparatesNameAndValue) {
  EXPECT_EQ(pair("foo=bar"), "foo|bar");
  EXPECT_EQ(pair("foo="), "foo|");
  EXPECT_EQ(pair("foo=bar=baz"), "foo|bar=baz");
  EXPECT_EQ(pair("foo=="), "foo|=");
  EXPECT_EQ(pair("foo=== bar"), "foo|== bar");
  EXPECT_EQ(pair("\"a=b\"=c"), "\"a|b\"=c");
}

TEST(SetCookieTest, WithoutANameItIsTheValueThatIsThere) {
  EXPECT_EQ(pair("foo"), "|foo");
  EXPECT_EQ(pair("=foo"), "|foo");
  EXPECT_EQ(pair(" = foo "), "|foo");
  EXPECT_EQ(pair("=foo=bar"), "|foo=bar");
  EXPECT_EQ(pair("==foo"), "|=foo");
  EXPECT_EQ(pair("==="), "|==");
  EXPECT_EQ(pair(" two words ;x"), "|two words");
  EXPECT_EQ(pair("foo;bar=baz"), "|foo");
  EXPECT_EQ(pair("\"foo;bar\"=baz"), "|\"foo");
}

TEST(SetCookieTest, NeitherNameNorValueIsNoCookie) {
  for (const std::string_view line :
       {"", " ", "\t", "=", " = ", "\t=\t", ";", "; bar", ";=", "=;", "  ; Path=/", "= ; Secure"}) {
    EXPECT_EQ(pair(line), "ignored") << line;
  }
}

TEST(SetCookieTest, SpacesAndTabsAroundNameAndValueAreDropped) {
  EXPECT_EQ(pair("  foo  =  bar  "), "foo|bar");
  EXPECT_EQ(pair("\tfoo\t=\tbar \t;\tx"), "foo|bar");
  EXPECT_EQ(pair("foo bar= b a z "), "foo bar|b a z");
  EXPECT_EQ(pair("foo=b\ta"), "foo|b\ta");
  EXPECT_EQ(pair("foo=\"  bar \"  ;"), "foo|\"  bar \"");
  EXPECT_EQ(pair("foo=\xc2\xa0 bar"), "foo|\xc2\xa0 bar");  // a space of Unicode is none
}

TEST(SetCookieTest, QuotesCommasAndPercentsMeanNothing) {
  EXPECT_EQ(pair("foo=\"bar\""), "foo|\"bar\"");
  EXPECT_EQ(pair("foo=\"bar;baz\""), "foo|\"bar");
  EXPECT_EQ(pair("foo=\"a \"   \"b\"  ;"), "foo|\"a \"   \"b\"");
  EXPECT_EQ(pair("foo=\\\"bar"), "foo|\\\"bar");
  EXPECT_EQ(pair("foo=bar, baz=qux"), "foo|bar, baz=qux");
  EXPECT_EQ(pair("%66oo=%62%3B;"), "%66oo|%62%3B");
  EXPECT_EQ(pair("$Version=1; foo=bar"), "$Version|1");
  EXPECT_EQ(pair("@!#$%&'()*+,-./:<>?[]^_`{|}~=1"), "@!#$%&'()*+,-./:<>?[]^_`{|}~|1");
}

TEST(SetCookieTest, BytesThatAreNotAsciiAreKept) {
  EXPECT_EQ(pair("na\xc3\xafve=\xe6\x98\xa5; x"), "na\xc3\xafve|\xe6\x98\xa5");
  EXPECT_EQ(pair("foo=\xff\x80"), "foo|\xff\x80");
}

TEST(SetCookieTest, AControlCharacterAnywhereSpoilsTheLine) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string c(1, static_cast<char>(byte));
    const bool control = byte == 0x7f || (byte < 0x20 && byte != '\t');
    for (const std::string& line :
         {"f" + c + "oo=bar", "foo=b" + c + "ar", "foo=bar; Path=/" + c, "foo=bar; x" + c + "=y",
          "foo=bar" + c, "x" + c + "foo=bar", "foo=bar; " + c}) {
      EXPECT_EQ(parse_set_cookie(line).has_value(), !control) << byte;
    }
  }
}

TEST(SetCookieTest, NameAndValueTogetherHaveALimit) {
  const auto text = [](size_t size) { return std::string(size, 'x'); };
  EXPECT_NE(pair(text(2048) + "=" + text(2048)), "ignored");
  EXPECT_EQ(pair(text(2048) + "=" + text(2049)), "ignored");
  EXPECT_NE(pair(text(4096) + "="), "ignored");
  EXPECT_EQ(pair(text(4097) + "="), "ignored");
  EXPECT_EQ(pair(text(4096) + "=y"), "ignored");
  EXPECT_NE(pair("n=" + text(4095)), "ignored");
  EXPECT_EQ(pair("n=" + text(4096)), "ignored");
  EXPECT_NE(pair(text(4096)), "ignored");
  EXPECT_EQ(pair(text(4097)), "ignored");
  EXPECT_NE(pair("=" + text(4096)), "ignored");
  EXPECT_EQ(pair("=" + text(4097)), "ignored");
  EXPECT_NE(pair(std::string(9000, ' ') + "a = b" + std::string(9000, ' ')), "ignored");
}

TEST(SetCookieTest, AttributesHaveNamesWithoutCaseAndWhiteSpaceAroundThem) {
  for (const std::string_view text :
       {";Secure", "; secure", "; SECURE ", ";\tseCURe\t;", "; Secure=", "; Secure=no",
        "; Secure =x", "; Secure= x", "; x; Secure", "; x=\"a;b\"; Secure", ";;; Secure;;"}) {
    EXPECT_TRUE(attributes(text).secure) << text;
  }
  for (const std::string_view text :
       {"", "; \"Secure\"", "; Secure x", "; 'Secure'", "; =Secure", "; Secure,", "; x=Secure",
        ", Secure", "; Securely", "; Sec ure"}) {
    EXPECT_FALSE(attributes(text).secure) << text;
  }
  EXPECT_TRUE(attributes("; HttpOnly").http_only);
  EXPECT_TRUE(attributes("; httponly=false").http_only);
  EXPECT_FALSE(attributes("; http-only").http_only);
}

TEST(SetCookieTest, UnknownAttributesAreIgnored) {
  const SetCookie set = attributes("; Version=1; foo; =; ===; ,,, ; Priority=High; Partitioned; ");
  EXPECT_EQ(set.domain, "");
  EXPECT_EQ(set.path, "");
  EXPECT_FALSE(set.max_age || set.expires || set.secure || set.http_only);
}

TEST(SetCookieTest, APathStartsWithASlashOrIsTheDefault) {
  EXPECT_EQ(attributes("; Path=/a/b").path, "/a/b");
  EXPECT_EQ(attributes("; path =\t/a b\t").path, "/a b");
  EXPECT_EQ(attributes("; Path=/a%2Fb?c#d").path, "/a%2Fb?c#d");
  for (const std::string_view text : {"; Path", "; Path=", "; Path=a", "; Path=\"/a\"", "; Path=./",
                                      "; Path=http://example.com/"}) {
    EXPECT_EQ(attributes(text).path, "") << text;
  }
}

TEST(SetCookieTest, ADomainLosesOneLeadingDot) {
  EXPECT_EQ(attributes("; Domain=example.org").domain, "example.org");
  EXPECT_EQ(attributes("; Domain=.example.org").domain, "example.org");
  EXPECT_EQ(attributes("; domain =  .Example.ORG ").domain, "Example.ORG");
  EXPECT_EQ(attributes("; Domain=..example.org").domain, ".example.org");
  EXPECT_EQ(attributes("; Domain").domain, "");
  EXPECT_EQ(attributes("; Domain=").domain, "");
  EXPECT_EQ(attributes("; Domain=.").domain, ".");
}

TEST(SetCookieTest, TheLastOfSeveralAttributesCounts) {
  EXPECT_EQ(attributes("; Path=/a; Path=/b").path, "/b");
  EXPECT_EQ(attributes("; Path=/a; Path=").path, "");
  EXPECT_EQ(attributes("; Path=; Path=/a").path, "/a");
  EXPECT_EQ(attributes("; Domain=a.example; Domain=b.example").domain, "b.example");
  EXPECT_EQ(attributes("; Domain=a.example; Domain=").domain, "");
  EXPECT_EQ(attributes("; Domain=; Domain=a.example").domain, "a.example");
  EXPECT_EQ(attributes("; Max-Age=1; Max-Age=2").max_age, 2s);
  EXPECT_EQ(attributes("; SameSite=Lax; SameSite=Strict").same_site, Cookie::SameSite::strict);
  EXPECT_EQ(attributes("; SameSite=Lax; SameSite=x").same_site, Cookie::SameSite::unset);
}

TEST(SetCookieTest, AnAttributeThatCannotBeReadDoesNotUndoAnEarlierOne) {
  EXPECT_EQ(attributes("; Max-Age=1; Max-Age=x").max_age, 1s);
  EXPECT_EQ(attributes("; Max-Age=1; Max-Age=").max_age, 1s);
  EXPECT_EQ(attributes("; Expires=09 Mar 2021 17:04:05; Expires=never").expires,
            parse_http_date("Tue, 09 Mar 2021 17:04:05 GMT"));
}

TEST(SetCookieTest, AttributeValuesHaveALimit) {
  const std::string fits(1024, 'a'), too_long(1025, 'a');
  EXPECT_EQ(attributes("; Domain=" + fits).domain, fits);
  EXPECT_EQ(attributes("; Domain=" + too_long).domain, "");
  EXPECT_EQ(attributes("; Domain=example.org; Domain=" + too_long).domain, "example.org");
  EXPECT_EQ(attributes("; Path=/" + fits.substr(1)).path.size(), 1024u);
  EXPECT_EQ(attributes("; Path=/" + fits).path, "");
  EXPECT_EQ(attributes("; Path=/x; Path=/" + fits).path, "/x");
  EXPECT_TRUE(attributes("; Secure=" + fits).secure);
  EXPECT_FALSE(attributes("; Secure=" + too_long).secure);
  EXPECT_EQ(attributes("; Max-Age=" + std::string(1024, '1')).max_age, kMaxCookieAge);
  EXPECT_EQ(attributes("; Max-Age=" + std::string(1025, '1')).max_age, std::nullopt);
  EXPECT_EQ(attributes("; Max-Age=-" + std::string(1023, '1')).max_age, 0s);
  EXPECT_EQ(attributes("; Max-Age=-" + std::string(1024, '1')).max_age, std::nullopt);
  EXPECT_TRUE(attributes("; x=" + std::string(100000, 'y') + "; Secure").secure);
}

TEST(SetCookieTest, MaxAgeIsAWholeNumber) {
  EXPECT_EQ(attributes("; Max-Age=60").max_age, 60s);
  EXPECT_EQ(attributes("; max-age = 060 ").max_age, 60s);
  EXPECT_EQ(attributes("; Max-Age=0").max_age, 0s);
  EXPECT_EQ(attributes("; Max-Age=-0").max_age, 0s);
  EXPECT_EQ(attributes("; Max-Age=-1").max_age, 0s);
  EXPECT_EQ(attributes("; Max-Age=-99999999999999999999999").max_age, 0s);
  for (const std::string_view text : {"", "-", "--1", "+1", "1.5", "1e3", "0x10", "1 0", "50,399",
                                      "2.63,", "\"60\"", "60s", "-1x", "never", "- 1"}) {
    EXPECT_EQ(attributes("; Max-Age=" + std::string(text)).max_age, std::nullopt) << text;
  }
  EXPECT_EQ(attributes("; Max-Age").max_age, std::nullopt);
}

TEST(SetCookieTest, MaxAgeIsAtMost400Days) {
  EXPECT_EQ(attributes("; Max-Age=34559999").max_age, 34559999s);
  EXPECT_EQ(attributes("; Max-Age=34560000").max_age, 34560000s);
  EXPECT_EQ(attributes("; Max-Age=34560001").max_age, 34560000s);
  EXPECT_EQ(attributes("; Max-Age=9223372036854775807").max_age, 34560000s);
  EXPECT_EQ(attributes("; Max-Age=99999999999999999999999").max_age, 34560000s);
}

TEST(SetCookieTest, ExpiresIsACookieDate) {
  const auto expected = parse_http_date("Tue, 09 Mar 2021 17:04:05 GMT");
  EXPECT_EQ(attributes("; Expires=Tue, 09 Mar 2021 17:04:05 GMT").expires, expected);
  EXPECT_EQ(attributes("; expires = 9-mar-21 17:04:05 ").expires, expected);
  EXPECT_EQ(attributes("; Expires=0").expires, std::nullopt);
  EXPECT_EQ(attributes("; Expires").expires, std::nullopt);
}

TEST(SetCookieTest, SameSiteHasThreeValuesWithoutCase) {
  EXPECT_EQ(attributes("; SameSite=Strict").same_site, Cookie::SameSite::strict);
  EXPECT_EQ(attributes("; samesite=LAX").same_site, Cookie::SameSite::lax);
  EXPECT_EQ(attributes("; SameSite = none ").same_site, Cookie::SameSite::none);
  for (const std::string_view text : {"", "; SameSite", "; SameSite=", "; SameSite=\"Lax\"",
                                      "; SameSite=Strict Lax", "; SameSite=1"}) {
    EXPECT_EQ(attributes(text).same_site, Cookie::SameSite::unset) << text;
  }
}

}  // namespace
}  // namespace trunkd
