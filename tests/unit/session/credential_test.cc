#include "session/credential.h"

#include <gtest/gtest.h>

#include "routing_fixture.h"
#include "session/credential_fields.h"

namespace trunkd {
namespace {

using Kind = AuthConfig::Kind;

class CredentialTest : public testing::Test {
 protected:
  Credential credential(Kind kind, std::string name, Result<std::string> secret) {
    session_.auth.kind = kind;
    session_.auth.name = std::move(name);
    session_.auth.secret = {SecretRef::Kind::file, "/t"};
    return Credential(session_, std::make_unique<FixedSecret>(std::move(secret)));
  }
  std::string value(Kind kind, std::string name, std::string secret) {
    std::string out;
    const auto put = credential(kind, std::move(name), std::move(secret)).append_value(out);
    return put ? out : put.error().detail;
  }

  SessionConfig session_ = single_host("shop", {Scheme::https, "shop.test", 443}, "/v1");
};

TEST_F(CredentialTest, EachKindHasItsPlaceAndItsSpelling) {
  EXPECT_EQ(value(Kind::bearer, "", "t0k.en/+="), "Bearer t0k.en/+=");
  EXPECT_EQ(value(Kind::basic, "Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(value(Kind::header, "X-Api-Key", "a b"), "a b");
  EXPECT_EQ(value(Kind::query, "key", "a b&c=\xc3\xa4"), "a%20b%26c%3D%C3%A4");
  EXPECT_EQ(credential(Kind::bearer, "", "t").name(), "Authorization");
  EXPECT_EQ(credential(Kind::basic, "user", "t").name(), "Authorization");
  EXPECT_EQ(credential(Kind::header, "X-Api-Key", "t").name(), "X-Api-Key");
  EXPECT_EQ(credential(Kind::query, "key", "t").name(), "key");
  EXPECT_FALSE(credential(Kind::query, "key", "t").is_field());
}

TEST_F(CredentialTest, ASecretThatDoesNotFitItsPlaceIsRefusedAndNotQuoted) {
  EXPECT_EQ(value(Kind::bearer, "", "Bearer canary"),
            "the secret file:/t cannot be used: a bearer token has no spaces and only ASCII "
            "characters");
  EXPECT_EQ(value(Kind::header, "X", " canary"),
            "the secret file:/t cannot be used: a field's value has no spaces at its ends and no "
            "control bytes");
}

TEST_F(CredentialTest, WithoutTheSecretThereIsNoValue) {
  for (const Kind kind : {Kind::bearer, Kind::basic, Kind::header, Kind::query}) {
    std::string out = "x";
    const auto put = credential(kind, "n", no_secret("file:/t", "gone")).append_value(out);
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().kind, ErrorKind::credential_unavailable);
    EXPECT_EQ(out, "x");
  }
}

TEST_F(CredentialTest, ItGoesToBaseUrlsOriginOnly) {
  EXPECT_TRUE(trusts(session_, {Scheme::https, "shop.test", 443}));
  EXPECT_FALSE(trusts(session_, {Scheme::http, "shop.test", 80}));
  EXPECT_FALSE(trusts(session_, {Scheme::http, "shop.test", 443}));
  EXPECT_FALSE(trusts(session_, {Scheme::https, "shop.test", 8443}));
  EXPECT_FALSE(trusts(session_, {Scheme::https, "a.shop.test", 443}));
}

TEST_F(CredentialTest, HostsAddsOriginsButNeverPlainOnesToATlsSession) {
  session_.auth.hosts = {{"cdn.test", true, std::nullopt}, {"other.test", false, 8080}};
  EXPECT_TRUE(trusts(session_, {Scheme::https, "a.cdn.test", 443}));
  EXPECT_TRUE(trusts(session_, {Scheme::https, "other.test", 8080}));
  EXPECT_FALSE(trusts(session_, {Scheme::https, "other.test", 443}));
  EXPECT_FALSE(trusts(session_, {Scheme::http, "a.cdn.test", 80}));
  EXPECT_FALSE(trusts(session_, {Scheme::http, "other.test", 8080}));
}

TEST_F(CredentialTest, APlainOriginIsMeantOnlyWhereItsPortIsNamed) {
  session_ = multi_host("crawler", {{"example.com", true, std::nullopt}});
  EXPECT_FALSE(trusts(session_, {Scheme::https, "a.example.com", 443}));
  session_.auth.hosts = {{"a.example.com", false, std::nullopt}, {"b.example.com", false, 80}};
  EXPECT_TRUE(trusts(session_, {Scheme::https, "a.example.com", 443}));
  EXPECT_FALSE(trusts(session_, {Scheme::http, "a.example.com", 80}));
  EXPECT_TRUE(trusts(session_, {Scheme::http, "b.example.com", 80}));
}

TEST_F(CredentialTest, TheParameterIsCutOutOfUrlsThatComeBack) {
  const Credential key = credential(Kind::query, "key", "s s");
  const auto cut = [&](std::string_view text) {
    Url url = *parse_url(text);
    key.cut_from(url);
    return url.text();
  };
  EXPECT_EQ(cut("https://shop.test/a?key=s+s"), "https://shop.test/a");
  EXPECT_EQ(cut("https://shop.test/a?x=1&key=other&y"), "https://shop.test/a?x=1&y");
  EXPECT_EQ(cut("https://else.test/a?key=theirs"), "https://else.test/a?key=theirs");
  EXPECT_EQ(cut("https://else.test/a?k%65y=s%20s&b"), "https://else.test/a?b");
  EXPECT_EQ(cut("https://shop.test/a?"), "https://shop.test/a?");
  EXPECT_EQ(key.cut_from_text("app://x?key=s%20s&a#f"), "app://x?a#f");
  EXPECT_EQ(key.cut_from_text("app://x?key=s%20s"), "app://x");
  EXPECT_EQ(key.cut_from_text("app://x?key=theirs#f?key=s+s"), "app://x?key=theirs#f?key=s+s");
  EXPECT_EQ(key.cut_from_text("app://x?"), "app://x?");
}

TEST(CredentialFieldsTest, TheLastWordOfANameTells) {
  for (const char* name : {"Authorization", "COOKIE", "Proxy-Authorization", "X-Api-Key", "apikey",
                           "Private-Token", "X-Auth", "X_Client_Secret", "X-Session"}) {
    EXPECT_TRUE(looks_like_credential(name)) << name;
  }
  for (const char* name :
       {"Accept", "X-Keyed", "Idempotency-Key", "Sec-WebSocket-Key", "Token-Id", "", "-"}) {
    EXPECT_FALSE(looks_like_credential(name)) << name;
  }
  EXPECT_TRUE(is_credential_field("authorization"));
  EXPECT_FALSE(is_credential_field("X-Api-Key"));
}

}  // namespace
}  // namespace trunkd
