// What goes wrong at the origin: what the client is told, and what is tried again.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

using FailureTest = ProxyTest;

TEST_F(FailureTest, ARefusedConnectionIsA502ThatSaysSo) {
  const std::string url = "http://127.0.0.1:" + std::to_string(refusing_port(loop_));
  start_with(session_yaml("shop", url));
  auto call = get("/");
  EXPECT_EQ(call.status(), 502);
  EXPECT_EQ(call.field("Content-Type"), "application/problem+json");
  EXPECT_NE(call.field("Proxy-Status").find("error=connection_refused"), std::string::npos);
  EXPECT_NE(call.body().find("\"session\":\"shop\""), std::string::npos);
  EXPECT_NE(call.body().find("\"phase\":\"connect\""), std::string::npos);
  expect_pool_whole();
}

TEST_F(FailureTest, NoAnswerInTimeIsA504) {
  start("timeouts: {response: 50ms}");
  origin_.script(script::stall());
  auto call = get("/");
  EXPECT_EQ(call.status(), 504);
  EXPECT_NE(call.field("Proxy-Status").find("error=http_response_timeout"), std::string::npos);
  EXPECT_NE(call.body().find("timeouts.response"), std::string::npos);
  EXPECT_EQ(origin_.requests(), 1u);
  expect_pool_whole();
}

TEST_F(FailureTest, SilenceWithinTheBodyBreaksTheAnswerOff) {
  start("timeouts: {read: 50ms}");
  origin_.script(script::send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
  auto call = get("/");
  EXPECT_EQ(call.status(), 200);
  EXPECT_TRUE(call.failed());
  expect_pool_whole();
}

TEST_F(FailureTest, AReusedConnectionThatDiesAtTheRequestIsReplayedForGet) {
  start();
  get("/a");
  origin_.next(script::send_and_reset(""));
  auto call = get("/b");
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(call.field("Trunkd-Connection"), "new; id=2; uses=1");
  EXPECT_EQ(origin_.requests(), 3u);
}

TEST_F(FailureTest, AReplayIsMadeOnceOnly) {
  start();
  get("/a");
  origin_.script(script::send_and_end(""));
  EXPECT_EQ(get("/b").status(), 502);
  EXPECT_EQ(origin_.requests(), 3u);
}

TEST_F(FailureTest, ANewConnectionThatDiesIsNotReplayed) {
  start();
  origin_.script(script::send_and_end(""));
  EXPECT_EQ(get("/a").status(), 502);
  EXPECT_EQ(origin_.requests(), 1u);
}

TEST_F(FailureTest, PostIsNeverReplayed) {
  start();
  get("/a");
  origin_.next(script::send_and_end(""));
  auto call = finished(client().request("POST", "/b", "", "body"));
  EXPECT_EQ(call.status(), 502);
  EXPECT_NE(call.field("Proxy-Status").find("connection_terminated"), std::string::npos);
  EXPECT_EQ(origin_.requests(), 2u);
}

TEST_F(FailureTest, PostWithIdempotencyKeyIsReplayedWithItsBody) {
  start();
  get("/a");
  origin_.next(script::send_and_end(""));
  origin_.next(script::echo());
  auto call = finished(client().request("POST", "/b", "Idempotency-Key: 7\r\n", "the body"));
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(call.body(), "the body");
}

TEST_F(FailureTest, PutIsReplayedWithItsBody) {
  start();
  get("/a");
  origin_.next(script::send_and_end(""));
  origin_.next(script::echo());
  const std::string body(60'000, 'x');
  EXPECT_EQ(finished(client().request("PUT", "/b", "", body)).body(), body);
}

TEST_F(FailureTest, ABodyTooLongToBeKeptIsNotReplayed) {
  start();
  get("/a");
  origin_.next(script::send_and_end(""));
  const std::string body(80'000, 'x');
  EXPECT_EQ(finished(client().request("PUT", "/b", "", body)).status(), 502);
  EXPECT_EQ(origin_.requests(), 2u);
}

TEST_F(FailureTest, AnyResponseByteForbidsAReplay) {
  start();
  get("/a");
  origin_.next(script::send_and_end("H"));
  EXPECT_EQ(get("/b").status(), 502);
  get("/c");
  origin_.next(script::send_and_end("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"));
  EXPECT_EQ(get("/d").status(), 502);
}

TEST_F(FailureTest, A408OnAReusedConnectionMeansThatItWasNotRead) {
  start();
  get("/a");
  origin_.next(script::send_and_end(
      "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlate"));
  auto call = get("/b");
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(call.body(), "hello\n");
}

TEST_F(FailureTest, A408OnANewConnectionIsTheOriginsAnswer) {
  start();
  origin_.next(script::answer(408, "late"));
  EXPECT_EQ(get("/a").status(), 408);
}

TEST_F(FailureTest, BrokenAnswersAreA502AndTheirConnectionIsClosed) {
  start();
  const char* broken[] = {
      "garbage\r\n\r\n",
      "HTTP/0.9 200 OK\r\n\r\n",
      "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
      "HTTP/1.1 200 OK\r\n folded: yes\r\n\r\n",
      "HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
  };
  for (const char* raw : broken) {
    const auto before = origin_.accepted();
    origin_.next(script::send(raw));
    auto call = get("/");
    EXPECT_EQ(call.status(), 502) << raw;
    EXPECT_NE(call.field("Proxy-Status").find("error=http_protocol_error"), std::string::npos)
        << raw << call.field("Proxy-Status");
    EXPECT_EQ(get("/next").status(), 200) << raw;
    EXPECT_EQ(origin_.accepted(), before + (before == 0 ? 2 : 1)) << raw;
  }
}

TEST_F(FailureTest, TruncationIsSeenByTheClient) {
  start();
  const char* truncated[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhello",
  };
  for (const char* raw : truncated) {
    origin_.next(script::send_and_end(raw));
    auto call = get("/");
    EXPECT_EQ(call.status(), 200) << raw;
    EXPECT_TRUE(call.failed()) << raw;
  }
  origin_.next(script::send_and_reset("HTTP/1.1 200 OK\r\n\r\nuntil the end"));
  EXPECT_TRUE(get("/").failed());
}

TEST_F(FailureTest, AnHttp10ClientSeesTruncationAsAReset) {
  start();
  origin_.next(
      script::send_and_end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"));
  TestClient& old = client();
  old.send_request("GET / HTTP/1.0\r\n\r\n");
  run_until([&] { return old.gone(); });
  EXPECT_TRUE(old.broke());
}

TEST_F(FailureTest, ALoopIsFoundAtTheConnection) {
  const std::string yaml =
      "listen: off\nsessions:\n  shop: {listen: \"127.0.0.1:0\", base_url: \"http://127.0.0.1:";
  // A port that is free now and taken by the session itself a moment later.
  const uint16_t port = refusing_port(loop_);
  start_with("listen: off\nsessions:\n  shop: {listen: \"127.0.0.1:" + std::to_string(port) +
             "\", base_url: \"http://127.0.0.1:" + std::to_string(port) + "\"}\n");
  auto call = get("/");
  EXPECT_EQ(call.status(), 502);
  EXPECT_NE(call.field("Proxy-Status").find("proxy_loop_detected"), std::string::npos);
}

TEST_F(FailureTest, WhateverEndsARequestItsConnectionIsNamed) {
  start("timeouts: {total: 80ms}");
  get("/");
  origin_.script(script::stall());
  auto call = get("/");
  EXPECT_EQ(call.status(), 504);
  EXPECT_EQ(call.field("Trunkd-Connection"), "reused; id=1; uses=2");
}

}  // namespace
}  // namespace trunkd
