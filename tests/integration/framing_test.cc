// How messages are framed on both sides, and which fields pass.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

using FramingTest = ProxyTest;

TEST_F(FramingTest, HopByHopFieldsStayHere) {
  start();
  get("/",
      "Connection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nTE: trailers\r\n"
      "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic c2hvcDp4\r\nX-End: 2\r\n"
      "Upgrade: h2c\r\nHTTP2-Settings: AAA\r\nTrunkd-Session: shop\r\n");
  for (const char* name : {"Connection", "Keep-Alive", "X-Hop", "TE", "Proxy-Connection",
                           "Proxy-Authorization", "Upgrade", "HTTP2-Settings", "Trunkd-Session"}) {
    EXPECT_FALSE(seen().head.headers.has(name)) << name;
  }
  EXPECT_EQ(seen_field("X-End"), "2");
}

TEST_F(FramingTest, HopByHopFieldsOfTheOriginStayHere) {
  start();
  origin_.next(script::answer(200, "x",
                              "Connection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
                              "X-End: 2\r\nTrunkd-Session: evil\r\nSet-Cookie: a=1\r\n"
                              "Set-Cookie: b=2\r\n"));
  auto call = get("/");
  for (const char* name : {"Connection", "X-Hop", "Keep-Alive", "Trunkd-Session"}) {
    EXPECT_EQ(call.field(name), "") << name;
  }
  EXPECT_EQ(call.field("X-End"), "2");
  EXPECT_EQ(call->head.headers.count("Set-Cookie"), 2u);
}

TEST_F(FramingTest, HostIsTheOriginsAndNothingTellsOfTheClient) {
  start();
  get("/");
  EXPECT_EQ(seen_field("Host"), origin_.origin().authority());
  EXPECT_FALSE(seen().head.headers.has("X-Forwarded-For"));
  EXPECT_FALSE(seen().head.headers.has("Via"));
}

TEST_F(FramingTest, ViaIsAddedWhereItIsWanted) {
  start("via: on");
  auto call = get("/");
  EXPECT_EQ(seen_field("Via"), "1.1 trunkd");
  EXPECT_EQ(call.field("Via"), "1.1 trunkd");
}

TEST_F(FramingTest, HeadHasTheLengthAndNoBody) {
  start();
  origin_.script(script::send("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"));
  TestClient& one = client();
  auto call = finished(one.send_request("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n", true));
  EXPECT_EQ(call.field("Content-Length"), "1234");
  EXPECT_EQ(finished(one.send_request("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n", true)).status(),
            200);
  EXPECT_EQ(origin_.accepted(), 1u);
}

TEST_F(FramingTest, NoContentAndNotModifiedHaveNoBody) {
  start();
  origin_.next(script::send("HTTP/1.1 204 No Content\r\n\r\n"));
  auto none = get("/");
  EXPECT_EQ(none.status(), 204);
  EXPECT_EQ(none.field("Content-Length"), "");
  origin_.next(
      script::send("HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: \"a\"\r\n\r\n"));
  auto same = get("/");
  EXPECT_EQ(same.status(), 304);
  EXPECT_EQ(same.field("Content-Length"), "99");
  EXPECT_EQ(get("/").status(), 200);
  EXPECT_EQ(origin_.accepted(), 1u);
}

TEST_F(FramingTest, ChunksAreFramedAnewAndTrailersPass) {
  start();
  origin_.next(
      script::send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 7\r\n"
                   "Authorization: x\r\n\r\n"));
  TestClient& one = client();
  auto call = finished(one.get("/"));
  EXPECT_TRUE(call.complete());
  EXPECT_EQ(call.body(), "hello world");
  EXPECT_EQ(call->trailers.get("X-Sum"), "7");
  EXPECT_FALSE(call->trailers.has("Authorization"));
  EXPECT_EQ(one.raw().find("ext=1"), std::string::npos);
}

TEST_F(FramingTest, ACloseDelimitedBodyBecomesChunked) {
  start();
  origin_.next(script::send_and_end("HTTP/1.1 200 OK\r\n\r\nuntil the end"));
  auto call = get("/");
  EXPECT_TRUE(call.complete());
  EXPECT_EQ(call.body(), "until the end");
  EXPECT_EQ(call.field("Transfer-Encoding"), "chunked");
}

TEST_F(FramingTest, ChunkedRequestsPassWithTheirTrailers) {
  start();
  origin_.next(script::echo());
  auto call = finished(client().send_request(
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;x=y\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Sum: 1\r\n\r\n"));
  EXPECT_EQ(call.body(), "abcdefg");
  EXPECT_EQ(seen_field("Transfer-Encoding"), "chunked");
  EXPECT_EQ(seen().trailers.get("X-Sum"), "1");
  EXPECT_EQ(origin_.connection(0).raw().find("x=y"), std::string::npos);
}

TEST_F(FramingTest, AnHttp10ClientGetsNoChunksAndItsConnectionEnds) {
  start();
  origin_.next(script::answer_chunked({"hello ", "world"}));
  TestClient& old = client();
  auto call = finished(old.send_request("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(call.body(), "hello world");
  EXPECT_EQ(call.field("Transfer-Encoding"), "");
  EXPECT_EQ(call.field("Connection"), "close");
  EXPECT_TRUE(old.ended());
  EXPECT_EQ(seen().head.minor_version, 1);
}

TEST_F(FramingTest, AnHttp10ClientMayKeepItsConnection) {
  start();
  TestClient& old = client();
  const char* request = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  auto call = finished(old.send_request(request));
  EXPECT_EQ(call.field("Connection"), "keep-alive");
  EXPECT_EQ(finished(old.send_request(request)).status(), 200);
}

TEST_F(FramingTest, InformationalAnswersAreRelayed) {
  start();
  origin_.next(
      script::send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                   "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  auto call = get("/");
  ASSERT_EQ(call->informational.size(), 1u);
  EXPECT_EQ(call->informational[0].status, 103);
  EXPECT_EQ(call.body(), "ok");
}

TEST_F(FramingTest, InformationalAnswersAreNotRelayedToHttp10) {
  start();
  origin_.next(
      script::send("HTTP/1.1 103 Early Hints\r\n\r\n"
                   "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  TestClient& old = client();
  auto call = finished(old.send_request("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(call->informational.size(), 0u);
  EXPECT_EQ(call.body(), "ok");
}

TEST_F(FramingTest, ExpectContinueGoesToTheOriginAndItsWordBack) {
  start();
  origin_.on_head([](TestOrigin::Connection& connection, const RequestHead& head) {
    EXPECT_TRUE(head.expect_continue);
    connection.send("HTTP/1.1 100 Continue\r\n\r\n");
  });
  origin_.script(script::echo());
  TestClient& one = client();
  auto call = one.send_request(
      "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  run_until([&] { return !call->informational.empty(); });
  EXPECT_EQ(call->informational[0].status, 100);
  one.send("body");
  EXPECT_EQ(finished(call).body(), "body");
}

TEST_F(FramingTest, AClientThatWaitsForContinueIsNotHurried) {
  start("timeouts: {read: 50ms, response: 5s}");
  TestOrigin::Connection* asked = nullptr;
  origin_.on_head(
      [&](TestOrigin::Connection& connection, const RequestHead&) { asked = &connection; });
  origin_.script(script::echo());
  TestClient& one = client();
  auto call = one.send_request(
      "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  run_until([&] { return asked != nullptr; });
  let_pass(100ms);
  EXPECT_FALSE(call.done());
  asked->send("HTTP/1.1 100 Continue\r\n\r\n");
  run_until([&] { return !call->informational.empty(); });
  one.send("body");
  EXPECT_EQ(finished(call).body(), "body");
}

TEST_F(FramingTest, AnotherExpectationIsA417) {
  start();
  EXPECT_EQ(get("/", "Expect: the-unexpected\r\n").status(), 417);
  EXPECT_EQ(origin_.requests(), 0u);
}

TEST_F(FramingTest, ARefusalInsteadOfContinueEndsTheClientsConnection) {
  start();
  origin_.on_head([](TestOrigin::Connection& connection, const RequestHead&) {
    connection.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
  });
  TestClient& one = client();
  auto call = finished(one.send_request(
      "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"));
  EXPECT_EQ(call.status(), 401);
  EXPECT_EQ(call.field("Connection"), "close");
  run_until([&] { return one.gone(); });
  expect_pool_whole();
  EXPECT_EQ(pool().idle, 0u);  // the origin still waits for a body on it
}

TEST_F(FramingTest, AnAnswerBeforeTheEndOfTheBodyArrivesAndTheRestIsReadOut) {
  start();
  origin_.on_head([](TestOrigin::Connection& connection, const RequestHead&) {
    connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
  });
  TestClient& one = client();
  auto call = finished(
      one.send_request("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nstart"));
  EXPECT_EQ(call.status(), 413);
  EXPECT_EQ(call.body(), "big");
  origin_.on_head(nullptr);
  one.send(std::string(995, 'x'));
  EXPECT_EQ(finished(one.get("/")).status(), 200);
  EXPECT_EQ(origin_.accepted(), 2u);
}

TEST_F(FramingTest, MaxForwardsIsCountedDownAndAnsweredAtZero) {
  start();
  auto here = finished(client().request("OPTIONS", "*", "Max-Forwards: 0\r\n"));
  EXPECT_EQ(here.status(), 200);
  EXPECT_NE(here.field("Allow").find("GET"), std::string::npos);
  EXPECT_EQ(origin_.requests(), 0u);
  finished(client().request("OPTIONS", "/x", "Max-Forwards: 5\r\n"));
  EXPECT_EQ(seen_field("Max-Forwards"), "4");
  get("/", "Max-Forwards: 0\r\n");  // means nothing for GET
  EXPECT_EQ(seen_field("Max-Forwards"), "0");
}

TEST_F(FramingTest, AmbiguousRequestsAreRefusedAndNothingIsForwarded) {
  start();
  const char* bad[] = {
      ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: "
       "chunked\r\n\r\n"),
      "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\n fold: 1\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\nHost: localhost\n\n",
      "GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
      "GET /\r\n",
  };
  for (const char* raw : bad) {
    TestClient& one = client();
    auto call = finished(
        one.send_request(std::string(raw) + "GET /evil HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_EQ(call.status(), 400) << raw;
    run_until([&] { return one.gone(); });
  }
  EXPECT_EQ(origin_.requests(), 0u);
}

TEST_F(FramingTest, ABodyThatBreaksIsA400AndNeverCompletedUpstream) {
  start();
  TestClient& one = client();
  auto call =
      finished(one.send_request("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                                "chunked\r\n\r\n3\r\nabc\r\nzz\r\n"));
  EXPECT_EQ(call.status(), 400);
  run_until([&] { return origin_.open() == 0; });
  EXPECT_EQ(origin_.requests(), 0u);
  expect_pool_whole();
}

}  // namespace
}  // namespace trunkd
