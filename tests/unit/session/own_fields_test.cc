// What a session puts on a request of its own: headers, cookies, auth, set_headers; and where they
// may not go.

#include <gtest/gtest.h>
#include <initializer_list>

#include "routing_fixture.h"
#include "session/dresser.h"

namespace trunkd {
namespace {

using Kind = AuthConfig::Kind;

const Origin kOwn{Scheme::https, "shop.test", 443};
const Origin kElsewhere{Scheme::https, "else.test", 443};

class OwnFieldsTest : public testing::Test {
 protected:
  void authenticate(Kind kind, std::string name, Result<std::string> secret) {
    session_.auth.kind = kind;
    session_.auth.name = std::move(name);
    credential_ =
        std::make_unique<Credential>(session_, std::make_unique<FixedSecret>(std::move(secret)));
  }

  // The fields that go to `origin_`, without Host: "A: 1; B: 2;" in their order.
  std::string fields(std::initializer_list<Field> clients) {
    RequestHead head;
    head.method = method_;
    for (const Field& field : clients) head.headers.add(field.name, field.value);
    Outgoing outgoing{head, head.method, origin_, "/x", {}};
    outgoing.jar_cookies = jar_;
    outgoing.crossed_origin = crossed_;
    outgoing.body_dropped = body_dropped_;
    std::string out;
    const auto dressed = append_upstream_head(out, outgoing, session_, credential_.get());
    if (!dressed) return std::string(failure_of(dressed.error().kind).word);
    std::string text;
    for (size_t at = out.find("\r\n") + 2; at < out.size() - 2;) {
      const size_t end = out.find("\r\n", at);
      const std::string line = out.substr(at, end - at);
      if (!line.starts_with("Host:")) text += (text.empty() ? "" : " | ") + line;
      at = end + 2;
    }
    return text;
  }

  SessionConfig session_ = single_host("shop", kOwn);
  std::unique_ptr<Credential> credential_;
  Origin origin_ = kOwn;
  std::string method_ = "GET";
  std::string jar_;
  bool crossed_ = false;
  bool body_dropped_ = false;
};

TEST_F(OwnFieldsTest, TheClientWinsOverHeadersAndSetHeadersWinOverTheClient) {
  session_.headers = {{"Accept", "a"}, {"X-Default", "d"}};
  session_.set_headers = {{"X-Set", "s"}};
  EXPECT_EQ(fields({}), "Accept: a | X-Default: d | X-Set: s");
  EXPECT_EQ(fields({{"aCCept", "c"}, {"x-set", "c"}, {"X-set", "c"}, {"Z", "1"}}),
            "aCCept: c | Z: 1 | X-Default: d | X-Set: s");
  session_.set_headers.push_back({"accept", "s"});
  EXPECT_EQ(fields({{"Accept", "c"}}), "X-Default: d | X-Set: s | accept: s");
}

TEST_F(OwnFieldsTest, RemoveHeadersComesFirst) {
  session_.remove_headers = {"user-agent", "X-Gone"};
  session_.headers = {{"User-Agent", "ours"}};
  EXPECT_EQ(fields({{"User-Agent", "curl"}, {"x-gone", "1"}, {"X-Stays", "1"}}),
            "X-Stays: 1 | User-Agent: ours");
}

TEST_F(OwnFieldsTest, AFieldThatConnectionListsIsNoFieldOfTheClients) {
  session_.headers = {{"X-Hop", "ours"}};
  EXPECT_EQ(fields({{"Connection", "X-Hop"}, {"X-Hop", "1"}, {"Trunkd-Jar", "a"}}), "X-Hop: ours");
}

TEST_F(OwnFieldsTest, TheCredentialTakesThePlaceOfTheClients) {
  authenticate(Kind::bearer, "", "token");
  EXPECT_EQ(fields({{"authorization", "Basic x"}, {"A", "1"}}),
            "A: 1 | Authorization: Bearer token");
  authenticate(Kind::basic, "u", "p");
  EXPECT_EQ(fields({{"A", "1"}}), "A: 1 | Authorization: Basic dTpw");
  authenticate(Kind::header, "X-Api-Key", "k");
  EXPECT_EQ(fields({{"x-api-key", "mine"}, {"Authorization", "mine"}}),
            "Authorization: mine | X-Api-Key: k");
  session_.headers = {{"X-Api-Key", "default"}};
  EXPECT_EQ(fields({}), "X-Api-Key: k");
  session_.set_headers = {{"X-Api-Key", "set"}};
  EXPECT_EQ(fields({}), "X-Api-Key: set");
}

TEST_F(OwnFieldsTest, WithoutTheSecretNothingIsSent) {
  for (const Kind kind : {Kind::bearer, Kind::basic, Kind::header, Kind::query}) {
    authenticate(kind, "n", no_secret("file:/t", "gone"));
    EXPECT_EQ(fields({{"Authorization", "mine"}}), "credential_unavailable");
  }
}

TEST_F(OwnFieldsTest, TheJarsCookiesJoinTheClientsInOneField) {
  jar_ = "a=1; b=2";
  EXPECT_EQ(fields({{"A", "1"}}), "A: 1 | Cookie: a=1; b=2");
  EXPECT_EQ(fields({{"cookie", "b=9"}, {"A", "1"}, {"Cookie", "c=3"}}),
            "Cookie: b=9; c=3; a=1 | A: 1");
  session_.headers = {{"Cookie", "consent=yes; b=0"}};
  EXPECT_EQ(fields({}), "Cookie: consent=yes; b=0; a=1");
  EXPECT_EQ(fields({{"Cookie", "c=3"}}), "Cookie: c=3; a=1; b=2");
  session_.remove_headers = {"Cookie"};
  EXPECT_EQ(fields({{"Cookie", "c=3"}}), "Cookie: consent=yes; b=0; a=1");
  session_.set_headers = {{"Cookie", "only=this"}};
  EXPECT_EQ(fields({{"Cookie", "c=3"}}), "Cookie: only=this");
}

TEST_F(OwnFieldsTest, WithoutJarCookiesTheClientsStayAsTheyAre) {
  EXPECT_EQ(fields({{"cookie", "a=1;b"}, {"Cookie", " c "}}), "cookie: a=1;b | Cookie:  c ");
}

TEST_F(OwnFieldsTest, TraceCarriesNothingThatProvesAnything) {
  method_ = "TRACE";
  jar_ = "a=1";
  authenticate(Kind::header, "X-Trunk", "canary");
  session_.headers = {{"X-Api-Key", "canary"}, {"Accept", "a"}};
  session_.set_headers = {{"X-Set", "canary"}};
  EXPECT_EQ(fields({{"Authorization", "c"}, {"Cookie", "c"}, {"X-Trunk", "c"}, {"X-Set", "c"}}),
            "X-Set: c | Accept: a");
}

TEST_F(OwnFieldsTest, AcrossOriginsEveryProofStaysBehind) {
  authenticate(Kind::bearer, "", "canary");
  session_.headers = {{"Accept", "a"}, {"X-Api-Key", "canary"}};
  session_.set_headers = {{"Cookie", "canary"}, {"X-Set", "s"}};
  jar_ = "theirs=1";
  origin_ = kElsewhere;
  crossed_ = true;
  EXPECT_EQ(fields({{"Authorization", "c"}, {"Cookie", "c"}, {"X-Auth-Token", "c"}, {"A", "1"}}),
            "A: 1 | Cookie: theirs=1 | Accept: a | X-Set: s");
  origin_ = {Scheme::http, "shop.test", 80};
  EXPECT_EQ(fields({}), "Cookie: theirs=1 | Accept: a | X-Set: s");
}

TEST_F(OwnFieldsTest, AnOriginThatAuthHostsNamesGetsTheSessionsOwnProofs) {
  authenticate(Kind::bearer, "", "token");
  session_.auth.hosts = {{"else.test", false, std::nullopt}};
  session_.set_headers = {{"X-Api-Key", "k"}};
  origin_ = kElsewhere;
  crossed_ = true;
  EXPECT_EQ(fields({{"Cookie", "c"}}), "Authorization: Bearer token | X-Api-Key: k");
}

TEST_F(OwnFieldsTest, ASessionForManyHostsProvesItselfOnlyToThoseOfAuthHosts) {
  session_ = multi_host("crawler", {{"test", true, std::nullopt}});
  authenticate(Kind::bearer, "", "token");
  session_.auth.hosts = {{"shop.test", false, std::nullopt}};
  session_.set_headers = {{"Cookie", "k"}, {"X-Page-Key", "1"}};
  EXPECT_EQ(fields({{"Cookie", "c"}}), "Authorization: Bearer token | Cookie: k | X-Page-Key: 1");
  origin_ = kElsewhere;  // asked for by the client itself: its own fields are its matter
  EXPECT_EQ(fields({{"Authorization", "c"}, {"Cookie", "c"}}),
            "Authorization: c | Cookie: c | X-Page-Key: 1");
}

TEST_F(OwnFieldsTest, WhatSpeaksOfABodyGoesWithIt) {
  body_dropped_ = true;
  EXPECT_EQ(fields({{"Content-Type", "t"},
                    {"Content-Encoding", "e"},
                    {"Expect", "100-continue"},
                    {"Digest", "d"},
                    {"Accept", "a"}}),
            "Accept: a");
}

}  // namespace
}  // namespace trunkd
