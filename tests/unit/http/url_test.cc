#include "http/url.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

std::string host(std::string_view text) { return normalize_host(text).value_or("refused"); }

std::string authority(std::string_view text) {
  const auto parsed = parse_authority(text);
  if (!parsed) return "refused";
  return parsed->host + (parsed->port ? " " + std::to_string(*parsed->port) : "");
}

std::string url(std::string_view text) {
  const auto parsed = parse_url(text);
  return parsed ? parsed->text() : "refused";
}

std::string resolved(std::string_view base, std::string_view reference) {
  const auto found = resolve_reference(*parse_url(base), reference);
  return found ? found->url.text() + found->fragment : "none";
}

TEST(HostTest, NamesAreLowerCaseWithoutATrailingDot) {
  EXPECT_EQ(host("Example.ORG"), "example.org");
  EXPECT_EQ(host("example.org."), "example.org");
  EXPECT_EQ(host("a_b-c.d1"), "a_b-c.d1");
  EXPECT_EQ(host("localhost"), "localhost");
}

TEST(HostTest, ULabelsBecomeALabels) {
  EXPECT_EQ(host("B\xc3\xbc"
                 "cher.example"),
            "xn--bcher-kva.example");
  EXPECT_EQ(host("xn--bcher-KVA.example"), "xn--bcher-kva.example");
  EXPECT_EQ(host("stra\xc3\x9f"
                 "e.de"),
            "xn--strae-oqa.de");
  EXPECT_EQ(host("\xff.example"), "refused");
}

TEST(HostTest, AddressesHaveOneSpelling) {
  EXPECT_EQ(host("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(host("127.0.0.1."), "127.0.0.1");
  EXPECT_EQ(host("[::1]"), "::1");
  EXPECT_EQ(host("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
  EXPECT_EQ(host("[::ffff:1.2.3.4]"), "::ffff:1.2.3.4");
  for (const std::string_view text : {"127.1",       "2130706433",
                                      "0x7f000001",  "0x7f.0.0.1",
                                      "0177.0.0.1",  "127.0.0.01",
                                      "127.0.0.256", "1.2.3.4.5",
                                      "1.2.3",       "a.1",
                                      "a.0x",        "0x",
                                      "127.0.0.0x1", "[::1%lo]",
                                      "::1%25lo",    "[::1",
                                      "::1]",        "[127.0.0.1]",
                                      "[]",          ":::",
                                      "1:2",         "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.1"}) {
    EXPECT_EQ(host(text), "refused") << text;
  }
  // Full-width digits are digits once they are mapped.
  EXPECT_EQ(host("\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1"), "127.0.0.1");
}

TEST(HostTest, WhatNoHostNameHasIsRefused) {
  for (const std::string_view text :
       {"", ".", "..", ".a", "a..b", "a b", "a%41", "a/b", "a@b", "a,b", "a;b", "a\\b", "<a>",
        "a\tb", "a\nb", "*", "*.a", "a~b", "a!"}) {
    EXPECT_EQ(host(text), "refused") << text;
  }
  EXPECT_EQ(host(std::string_view("a\0b", 3)), "refused");
  EXPECT_EQ(host(std::string_view("\xc3\xa9\0b", 4)), "refused");
  EXPECT_EQ(host(std::string(63, 'a')), std::string(63, 'a'));
  EXPECT_EQ(host(std::string(64, 'a')), "refused");
  std::string longest;
  for (int i = 0; i < 126; ++i) longest += "a.";
  EXPECT_EQ(host(longest + "b").size(), 253u);
  EXPECT_EQ(host(longest + "bc"), "refused");
}

TEST(HostTest, IpLiteralsAreTold) {
  EXPECT_TRUE(is_ip_literal("127.0.0.1"));
  EXPECT_TRUE(is_ip_literal("::1"));
  EXPECT_FALSE(is_ip_literal("a.example"));
  EXPECT_FALSE(is_ip_literal("127.0.0.1.example"));
}

TEST(AuthorityTest, IsAHostAndPerhapsAPort) {
  EXPECT_EQ(authority("H.example"), "h.example");
  EXPECT_EQ(authority("h:8080"), "h 8080");
  EXPECT_EQ(authority("[::1]"), "::1");
  EXPECT_EQ(authority("[2001:DB8::1]:65535"), "2001:db8::1 65535");
  for (const std::string_view text :
       {"", ":80", "h:", "h:0", "h:65536", "h:123456", "h:+1", "h:8a", "h:80:80", "::1", "::1:80",
        "[::1", "[::1]80", "[::1]:", "[]:80", "[h]:80", "u@h", "h /", " h"}) {
    EXPECT_EQ(authority(text), "refused") << text;
  }
}

TEST(UrlTest, KeepsPathAndQueryAsWritten) {
  EXPECT_EQ(url("https://Example.org:8443/a/../%2e%2E/b//c?d=%20&e?"),
            "https://example.org:8443/a/../%2e%2E/b//c?d=%20&e?");
  EXPECT_EQ(url("HTTP://h"), "http://h/");
  EXPECT_EQ(url("http://h:80/"), "http://h/");
  EXPECT_EQ(url("https://h:443?"), "https://h/?");
  EXPECT_EQ(url("http://h?a=/b"), "http://h/?a=/b");
  EXPECT_EQ(url("http://[::1]:7480/x"), "http://[::1]:7480/x");
}

TEST(UrlTest, WhatIsNoHttpUrlIsRefused) {
  for (const std::string_view text : {"",
                                      "h",
                                      "/a",
                                      "//h/a",
                                      "ftp://h/",
                                      "http:h",
                                      "http:/h",
                                      "http://",
                                      "http:///a",
                                      "http://?a",
                                      "http://u@h/",
                                      "http://u:p@h/",
                                      "http://@h/",
                                      "http://h/#f",
                                      "http://h#f",
                                      "http://h/a b",
                                      "http://h/\xc3\xa9",
                                      "http://h/\x01",
                                      "http://h/a\r\nb",
                                      "http://h:/",
                                      "http://h:0/",
                                      "http://good\\@evil/",
                                      "http://h\\a/",
                                      " http://h/",
                                      "https//h",
                                      "http://h:80:80/"}) {
    EXPECT_EQ(url(text), "refused") << text;
  }
}

TEST(UrlTest, ErrorsShowNoSecrets) {
  for (const std::string_view text : {"http://user:secret@h/", "ftp://user:secret@h/",
                                      "http://h/a b?key=secret", "ftp://h/?key=secret"}) {
    EXPECT_EQ(parse_url(text).error().detail.find("secret"), std::string::npos) << text;
  }
}

TEST(UrlTest, TextIsReadAgainAsTheSame) {
  for (const std::string_view text :
       {"http://h/", "https://[2001:db8::1]:1/a?b", "http://xn--bcher-kva.example//x?"}) {
    EXPECT_EQ(url(url(text)), url(text));
  }
}

// RFC 3986, 5.4, with a base of our scheme.
TEST(ReferenceTest, ResolvesTheExamplesOfTheRfc) {
  const auto from = [](std::string_view reference) {
    return resolved("http://a/b/c/d;p?q", reference);
  };
  EXPECT_EQ(from("g"), "http://a/b/c/g");
  EXPECT_EQ(from("./g"), "http://a/b/c/g");
  EXPECT_EQ(from("g/"), "http://a/b/c/g/");
  EXPECT_EQ(from("/g"), "http://a/g");
  EXPECT_EQ(from("//g"), "http://g/");
  EXPECT_EQ(from("?y"), "http://a/b/c/d;p?y");
  EXPECT_EQ(from("g?y"), "http://a/b/c/g?y");
  EXPECT_EQ(from("#s"), "http://a/b/c/d;p?q#s");
  EXPECT_EQ(from("g#s"), "http://a/b/c/g#s");
  EXPECT_EQ(from("g?y#s"), "http://a/b/c/g?y#s");
  EXPECT_EQ(from(";x"), "http://a/b/c/;x");
  EXPECT_EQ(from("g;x?y#s"), "http://a/b/c/g;x?y#s");
  EXPECT_EQ(from(""), "http://a/b/c/d;p?q");
  EXPECT_EQ(from("."), "http://a/b/c/");
  EXPECT_EQ(from("./"), "http://a/b/c/");
  EXPECT_EQ(from(".."), "http://a/b/");
  EXPECT_EQ(from("../"), "http://a/b/");
  EXPECT_EQ(from("../g"), "http://a/b/g");
  EXPECT_EQ(from("../.."), "http://a/");
  EXPECT_EQ(from("../../g"), "http://a/g");
  EXPECT_EQ(from("../../../g"), "http://a/g");
  EXPECT_EQ(from("/./g"), "http://a/g");
  EXPECT_EQ(from("/../g"), "http://a/g");
  EXPECT_EQ(from("g."), "http://a/b/c/g.");
  EXPECT_EQ(from("..g"), "http://a/b/c/..g");
  EXPECT_EQ(from("./../g"), "http://a/b/g");
  EXPECT_EQ(from("./g/."), "http://a/b/c/g/");
  EXPECT_EQ(from("g/../h"), "http://a/b/c/h");
  EXPECT_EQ(from("g?y/../x"), "http://a/b/c/g?y/../x");
  EXPECT_EQ(from("g#s/../x"), "http://a/b/c/g#s/../x");
}

TEST(ReferenceTest, AbsoluteReferencesStandForThemselves) {
  EXPECT_EQ(resolved("http://a/b", "https://C.example:443/x/./y#f"), "https://c.example/x/y#f");
  EXPECT_EQ(resolved("https://a/b", "//c:8443/d"), "https://c:8443/d");
}

TEST(ReferenceTest, WhatServersWriteRawIsEncoded) {
  EXPECT_EQ(resolved("http://a/b", " /a b\xc3\xa9 "), "http://a/a%20b%C3%A9");
}

TEST(ReferenceTest, OtherSchemesAndBrokenUrlsAreNone) {
  for (const std::string_view reference : {"mailto:a@b", "javascript:alert(1)", "ftp://h/",
                                           "http:g", "http://u:p@h/", "//", "http://h:x/", "a:b"}) {
    EXPECT_EQ(resolved("http://a/b", reference), "none") << reference;
  }
  EXPECT_EQ(resolved("http://a/b", "/a\x01"), "none");
}

}  // namespace
}  // namespace trunkd
