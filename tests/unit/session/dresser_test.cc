#include "session/dresser.h"

#include <gtest/gtest.h>
#include <initializer_list>

namespace trunkd {
namespace {

const Origin kOrigin{Scheme::https, "api.example", 443};

RequestHead request(std::string method, std::initializer_list<Field> fields) {
  RequestHead head;
  head.method = std::move(method);
  head.target = "/";
  for (const Field& field : fields) head.headers.add(field.name, field.value);
  return head;
}

std::string dressed(const RequestHead& head, const SessionConfig& session = {},
                    int max_forwards = -1) {
  std::string out;
  Outgoing outgoing{head, head.method, kOrigin, "/v1/x", head.framing};
  outgoing.max_forwards = max_forwards;
  EXPECT_TRUE(append_upstream_head(out, outgoing, session, nullptr));
  return out;
}

TEST(DresserTest, SpellingOrderAndDuplicatesStay) {
  EXPECT_EQ(
      dressed(request("GET", {{"hOsT", "localhost"}, {"X-b", "1"}, {"accept", "a"}, {"X-b", "2"}})),
      "GET /v1/x HTTP/1.1\r\nhOsT: api.example\r\nX-b: 1\r\naccept: a\r\nX-b: 2\r\n\r\n");
}

TEST(DresserTest, ARequestWithoutHostGetsOne) {
  EXPECT_EQ(dressed(request("GET", {{"A", "1"}})),
            "GET /v1/x HTTP/1.1\r\nA: 1\r\nHost: api.example\r\n\r\n");
}

std::string dressed_for_proxy(const RequestHead& head, std::string_view target,
                              const ProxyAccess& proxy, const SessionConfig& session = {}) {
  std::string out;
  const Origin origin{Scheme::http, "api.example", 8080};
  Outgoing outgoing{head, head.method, origin, target, head.framing};
  outgoing.proxy = &proxy;
  EXPECT_TRUE(append_upstream_head(out, outgoing, session, nullptr));
  return out;
}

TEST(DresserTest, AProxyGetsTheWholeUrlAndItsOwnLogin) {
  const ProxyAccess proxy("proxy:3128", "u", std::make_shared<const FixedSecret>("p"));
  const RequestHead head =
      request("GET", {{"Host", "x"}, {"Proxy-Authorization", "Basic bWluZQ=="}, {"A", "1"}});
  EXPECT_EQ(dressed_for_proxy(head, "/v1/x?a=b", proxy),
            "GET http://api.example:8080/v1/x?a=b HTTP/1.1\r\nHost: api.example:8080\r\nA: 1\r\n"
            "Proxy-Authorization: Basic dTpw\r\n\r\n");
  EXPECT_EQ(dressed(head), "GET /v1/x HTTP/1.1\r\nHost: api.example\r\nA: 1\r\n\r\n");
}

TEST(DresserTest, TheStarOfOptionsIsAUrlWithoutPathToAProxy) {
  const ProxyAccess proxy("proxy:3128", "", nullptr);
  EXPECT_EQ(dressed_for_proxy(request("OPTIONS", {{"Host", "x"}}), "*", proxy),
            "OPTIONS http://api.example:8080 HTTP/1.1\r\nHost: api.example:8080\r\n\r\n");
}

TEST(DresserTest, WithoutTheProxysPasswordNoRequestIsMade) {
  const ProxyAccess proxy("proxy:3128", "u",
                          std::make_shared<const FixedSecret>(no_secret("env:P", "it is not set")));
  const RequestHead head = request("GET", {{"Host", "x"}});
  std::string out;
  Outgoing outgoing{head, head.method, kOrigin, "/", head.framing};
  outgoing.proxy = &proxy;
  EXPECT_EQ(append_upstream_head(out, outgoing, {}, nullptr).error().kind,
            ErrorKind::credential_unavailable);
}

TEST(DresserTest, TheBodyIsFramedAnew) {
  RequestHead head = request("POST", {{"Host", "x"}, {"content-length", "5"}});
  head.framing = {Framing::length, 5};
  EXPECT_EQ(dressed(head), "POST /v1/x HTTP/1.1\r\nHost: api.example\r\nContent-Length: 5\r\n\r\n");
  head.framing = {Framing::chunked, 0};
  EXPECT_EQ(dressed(head),
            "POST /v1/x HTTP/1.1\r\nHost: api.example\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST(DresserTest, AnEmptyBodyKeepsItsLength) {
  RequestHead head = request("POST", {{"Host", "x"}, {"Content-Length", "0"}});
  head.framing = {Framing::length, 0};
  EXPECT_EQ(dressed(head), "POST /v1/x HTTP/1.1\r\nHost: api.example\r\nContent-Length: 0\r\n\r\n");
}

TEST(DresserTest, AnUpgradePassesOnlyIfItIsAllowedAndAsked) {
  const SessionConfig session;
  const auto asks = [&](std::initializer_list<Field> fields) {
    return std::string(allowed_upgrade(request("GET", fields), session));
  };
  EXPECT_EQ(asks({{"Connection", "upgrade"}, {"Upgrade", "WebSocket"}}), "WebSocket");
  EXPECT_EQ(asks({{"Upgrade", "websocket"}}), "");
  EXPECT_EQ(asks({{"Connection", "Upgrade"}, {"Upgrade", "h2c"}}), "");
  EXPECT_EQ(asks({{"Connection", "Upgrade"}, {"Upgrade", "websocket, h2c"}}), "");
  EXPECT_EQ(asks({{"Connection", "Upgrade"}, {"Upgrade", "websocket"}, {"Upgrade", "h2c"}}), "");
}

TEST(DresserTest, AnHttp10ExpectationIsDropped) {
  RequestHead head = request("POST", {{"Host", "x"}, {"Expect", "100-continue"}});
  EXPECT_NE(dressed(head).find("Expect"), std::string::npos);
  head.minor_version = 0;
  EXPECT_EQ(dressed(head).find("Expect"), std::string::npos);
}

TEST(DresserTest, TraceCarriesNoCredentials) {
  const auto out = dressed(request(
      "TRACE", {{"Host", "x"}, {"Authorization", "secret"}, {"Cookie", "a=b"}, {"X", "1"}}));
  EXPECT_EQ(out, "TRACE /v1/x HTTP/1.1\r\nHost: api.example\r\nX: 1\r\n\r\n");
}

}  // namespace
}  // namespace trunkd
