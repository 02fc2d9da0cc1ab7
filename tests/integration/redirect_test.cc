// Redirects that the session follows: the method, the body and the credentials of each hop, and
// where the client gets the redirect after all.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

class RedirectTest : public ProxyTest {
 protected:
  static TestOrigin::Script redirect(int status, const std::string& location,
                                     const std::string& body = {}) {
    return script::answer(status, body, "Location: " + location + "\r\n");
  }
  std::vector<std::string> request_lines() {
    std::vector<std::string> lines;
    for (size_t i = 0; i < origin_.connections(); ++i) {
      for (const TestRequest& request : origin_.connection(i).requests()) {
        lines.push_back(request.head.method + ' ' + request.head.target);
      }
    }
    return lines;
  }
};

using Lines = std::vector<std::string>;

TEST_F(RedirectTest, WithoutFollowTheClientGetsTheRedirect) {
  start();
  origin_.next(redirect(302, "/b"));
  auto call = get("/a");
  EXPECT_EQ(call.status(), 302);
  EXPECT_EQ(call.field("Location"), "/b");
  EXPECT_EQ(origin_.requests(), 1u);
}

TEST_F(RedirectTest, AFollowedOneGivesTheLastAnswerOverOneConnection) {
  start("redirects: {follow: 5}");
  origin_.next(redirect(301, "/b", "moved"));
  origin_.next(redirect(302, origin_.url() + "/c?x=1"));
  origin_.next(redirect(308, "d"));
  auto call = get("/a");
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(call.body(), "hello\n");
  EXPECT_EQ(request_lines(), (Lines{"GET /a", "GET /b", "GET /c?x=1", "GET /d"}));
  EXPECT_EQ(origin_.accepted(), 1u);
  expect_pool_whole();
}

struct MethodCase {
  int status;
  const char* method;
  const char* expected;
  bool keeps_body;
};

TEST_F(RedirectTest, EachStatusChangesTheMethodAsTheStandardSays) {
  start("redirects: {follow: 1}");
  static constexpr MethodCase kCases[] = {
      {301, "POST", "GET", false},     {302, "POST", "GET", false}, {303, "POST", "GET", false},
      {307, "POST", "POST", true},     {308, "POST", "POST", true}, {301, "PUT", "PUT", true},
      {302, "DELETE", "DELETE", true}, {303, "PUT", "GET", false},  {303, "DELETE", "GET", false},
      {308, "PATCH", "PATCH", true},
  };
  for (const MethodCase& one : kCases) {
    origin_.next(redirect(one.status, "/there"));
    auto call =
        finished(client().request(one.method, "/here", "Content-Type: text/x-test\r\n", "payload"));
    const std::string name = std::string(one.method) + ' ' + std::to_string(one.status);
    EXPECT_EQ(call.status(), 200) << name;
    EXPECT_EQ(seen().head.method, one.expected) << name;
    EXPECT_EQ(seen().head.target, "/there") << name;
    EXPECT_EQ(seen().body, one.keeps_body ? "payload" : "") << name;
    EXPECT_EQ(seen_field("Content-Type"), one.keeps_body ? "text/x-test" : "") << name;
    EXPECT_EQ(seen().head.headers.has("Content-Length"), one.keeps_body) << name;
  }
}

TEST_F(RedirectTest, HeadStaysHead) {
  start("redirects: {follow: 1}");
  origin_.next(redirect(303, "/there"));
  auto call =
      finished(client().send_request("HEAD /here HTTP/1.1\r\nHost: localhost\r\n\r\n", true));
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(seen().head.method, "HEAD");
}

TEST_F(RedirectTest, ALoopIsA502ThatSaysSo) {
  start("redirects: {follow: 10}");
  origin_.script([](TestOrigin::Connection& connection, const TestRequest& request) {
    redirect(302, request.head.target == "/a" ? "/b" : "/a")(connection, request);
  });
  auto call = get("/a");
  EXPECT_EQ(call.status(), 502);
  EXPECT_NE(call.body().find("urn:trunkd:redirect_loop"), std::string::npos);
  EXPECT_NE(call.body().find("redirects.follow"), std::string::npos);
  EXPECT_EQ(origin_.requests(), 2u);
  expect_pool_whole();
}

TEST_F(RedirectTest, OneHopMoreThanAllowedIsA502) {
  start("redirects: {follow: 2}");
  int at = 0;
  origin_.script([&](TestOrigin::Connection& connection, const TestRequest& request) {
    redirect(302, "/" + std::to_string(++at))(connection, request);
  });
  EXPECT_EQ(get("/a").status(), 502);
  EXPECT_EQ(origin_.requests(), 3u);
}

TEST_F(RedirectTest, AnotherHostIsTheClientsToFollow) {
  start("redirects: {follow: 5}");
  origin_.next(redirect(302, "http://elsewhere.example/x"));
  auto call = get("/a");
  EXPECT_EQ(call.status(), 302);
  EXPECT_EQ(call.field("Location"), "http://elsewhere.example/x");
}

TEST_F(RedirectTest, ALongBodyOfARedirectIsNotWaitedFor) {
  start("redirects: {follow: 5}");
  origin_.next(redirect(302, "/b", std::string(200 * 1024, 'x')));
  EXPECT_EQ(get("/a").status(), 200);
  EXPECT_EQ(origin_.accepted(), 2u);
  expect_pool_whole();
}

TEST_F(RedirectTest, ABodyThatIsTooLongToKeepMakesTheRedirectTheClients) {
  start("redirects: {follow: 5}");
  origin_.next(redirect(307, "/b"));
  auto call = finished(client().request("POST", "/a", "", std::string(100 * 1024, 'x')));
  EXPECT_EQ(call.status(), 307);
  EXPECT_EQ(call.field("Location"), "/b");
}

TEST_F(RedirectTest, TheClientsCredentialsStayWithTheOriginTheyWereMeantFor) {
  TestOrigin other(loop_);
  start_with("listen: off\nsessions:\n  shop:\n    listen: 0\n    allow_hosts: [\"127.0.0.1:" +
             std::to_string(origin_.port()) + "\", \"127.0.0.1:" + std::to_string(other.port()) +
             "\"]\n    redirects: {follow: 5}\n");
  origin_.next(redirect(307, other.url() + "/landing"));
  auto call = finished(client().get("/a", "Trunkd-Target: " + origin_.url() +
                                              "\r\nAuthorization: Bearer secret\r\n"
                                              "Cookie: sid=secret\r\nX-Trace: 1\r\n"));
  EXPECT_EQ(call.status(), 200);
  const Headers& first = seen().head.headers;
  EXPECT_EQ(first.get("Authorization"), "Bearer secret");
  const Headers& second = other.connection(0).requests().back().head.headers;
  EXPECT_FALSE(second.has("Authorization"));
  EXPECT_FALSE(second.has("Cookie"));
  EXPECT_EQ(second.get("X-Trace"), "1");
  EXPECT_EQ(second.get("Host"), other.origin().authority());
}

TEST_F(RedirectTest, WhatAnotherOriginSaysIsNotTakenForTheClientsOwn) {
  TestOrigin other(loop_);
  start_with("listen: off\nsessions:\n  shop:\n    listen: 0\n    allow_hosts: [\"127.0.0.1:" +
             std::to_string(origin_.port()) + "\", \"127.0.0.1:" + std::to_string(other.port()) +
             "\"]\n    redirects: {follow: 5}\n");
  origin_.next(redirect(307, other.url() + "/landing"));
  other.next(script::answer(200, "", "Link: </p2>; rel=next\r\nSet-Cookie: planted=1\r\n"));
  auto call = finished(client().send_request("GET " + origin_.url() + "/a HTTP/1.1\r\nHost: " +
                                             origin_.origin().authority() + "\r\n\r\n"));
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(call.field("Link"), "<" + other.url() + "/p2>; rel=next");
  EXPECT_EQ(call.field("Set-Cookie"), "");
}

TEST_F(RedirectTest, ACredentialInTheQueryIsNotCarriedToAnotherOrigin) {
  setenv("TRUNKD_TEST_KEY", "SEKRET", 1);
  TestOrigin other(loop_);
  const std::string here = "127.0.0.1:" + std::to_string(origin_.port());
  start_with("listen: off\nsessions:\n  shop:\n    listen: 0\n    allow_hosts: [\"" + here +
             "\", \"127.0.0.1:" + std::to_string(other.port()) +
             "\"]\n    redirects: {follow: 5}\n    auth: {query: {name: key, value: "
             "\"env:TRUNKD_TEST_KEY\"}, hosts: [\"" +
             here + "\"]}\n");
  origin_.next([&](TestOrigin::Connection& connection, const TestRequest& request) {
    EXPECT_EQ(request.head.target, "/a?x=1&key=SEKRET");
    redirect(302, other.url() + "/b?x=1&key=SEKRET")(connection, request);
  });
  finished(client().get("/a?x=1", "Trunkd-Target: " + origin_.url() + "\r\n"));
  EXPECT_EQ(other.connection(0).requests().back().head.target, "/b?x=1");
}

TEST_F(RedirectTest, AHostThatAuthNamesIsFollowedFromOneHost) {
  setenv("TRUNKD_TEST_KEY", "SEKRET", 1);
  TestOrigin other(loop_);
  start("redirects: {follow: 5}\nauth: {bearer: \"env:TRUNKD_TEST_KEY\", hosts: [\"127.0.0.1:" +
        std::to_string(other.port()) + "\"]}");
  origin_.next(redirect(302, other.url() + "/b"));
  EXPECT_EQ(get("/a").status(), 200);
  EXPECT_EQ(other.connection(0).requests().back().head.headers.get("Authorization"),
            "Bearer SEKRET");
}

TEST_F(RedirectTest, AHostOutsideAllowHostsIsNeverAsked) {
  TestOrigin other(loop_);
  start_with("listen: off\nsessions:\n  shop:\n    listen: 0\n    allow_hosts: [\"127.0.0.1:" +
             std::to_string(origin_.port()) + "\"]\n    redirects: {follow: 5}\n");
  origin_.next(redirect(302, other.url() + "/x"));
  auto call = finished(client().get("/a", "Trunkd-Target: " + origin_.url() + "\r\n"));
  EXPECT_EQ(call.status(), 403);
  EXPECT_EQ(other.accepted(), 0u);
  expect_pool_whole();
}

TEST_F(RedirectTest, ABodyThatNobodyWantsAnyMoreMayRest) {
  start("redirects: {follow: 1}\ntimeouts: {read: 50ms}");
  bool redirected = false;
  origin_.on_head([&](auto& connection, const RequestHead&) {
    if (std::exchange(redirected, true)) return;
    connection.send("HTTP/1.1 303 See Other\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
  });
  origin_.script(script::stall());
  TestClient& one = client();
  auto call =
      one.send_request("POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf");
  run_until([&] { return origin_.requests() == 1; });  // the GET; of the POST not all is there
  let_pass(120ms);
  EXPECT_FALSE(call.done());
  origin_.connection(1).reply(200, "b");
  EXPECT_EQ(finished(call).body(), "b");
}

}  // namespace
}  // namespace trunkd
