// Bodies stream through a window, both ways, whatever their size.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

using StreamingTest = ProxyTest;

TEST_F(StreamingTest, TheHeadArrivesBeforeTheBodyIsWhole) {
  start();
  origin_.next(script::send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst"));
  auto call = client().get("/");
  run_until([&] { return call.body() == "first"; });
  EXPECT_FALSE(call.done());
  origin_.connection(0).send("-last");
  EXPECT_EQ(finished(call).body(), "first-last");
}

TEST_F(StreamingTest, TheBodyGoesUpBeforeItIsWhole) {
  start();
  TestClient& one = client();
  auto call =
      one.send_request("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nfirst");
  run_until(
      [&] { return origin_.connections() == 1 && origin_.connection(0).raw().ends_with("first"); });
  one.send("-last");
  EXPECT_EQ(finished(call).status(), 200);
}

TEST_F(StreamingTest, ASlowReaderSlowsItsOriginDown) {
  start();
  constexpr size_t kSize = 32 << 20;
  origin_.next([](TestOrigin::Connection& connection, const TestRequest&) {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n");
    connection.send(std::string(kSize, 'x'));
  });
  TestClient& slow = client();
  slow.forget_bytes();
  slow.stop_reading();
  auto call = slow.get("/");
  run_until([&] { return origin_.requests() == 1; });
  run_what_is_ready();
  // What the proxy holds is little; the rest still lies with the origin (and in socket buffers).
  EXPECT_GT(origin_.connection(0).queued(), kSize / 2);
  slow.start_reading();
  run_until([&] { return call.done(); });
  EXPECT_TRUE(call.complete());
  EXPECT_EQ(call->body_bytes, kSize);
}

TEST_F(StreamingTest, ASlowOriginSlowsItsClientDown) {
  start();
  constexpr size_t kSize = 32 << 20;
  origin_.on_head([](TestOrigin::Connection& connection, const RequestHead&) {
    connection.forget_bytes();
    connection.stop_reading();
  });
  TestClient& one = client();
  auto call = one.request("PUT", "/", "", std::string(kSize, 'x'));
  run_until(
      [&] { return origin_.connections() == 1 && origin_.connection(0).bytes_received() > 0; });
  run_what_is_ready();
  EXPECT_GT(one.queued(), kSize / 2);
  origin_.connection(0).start_reading();
  EXPECT_EQ(finished(call).status(), 200);
  EXPECT_GE(origin_.connection(0).bytes_received(), kSize);
}

TEST_F(StreamingTest, ABodyThatWaitsForAConnectionIsHeldInAWindow) {
  start();
  origin_.script(script::stall());
  client().get("/");
  run_until([&] { return origin_.requests() == 1; });
  constexpr size_t kSize = 32 << 20;
  TestClient& waiting = client();
  auto call = waiting.request("PUT", "/", "", std::string(kSize, 'x'));
  run_until([&] { return pool().waiting == 1; });
  run_what_is_ready();
  EXPECT_GT(waiting.queued(), kSize / 2);
  origin_.script(script::answer(200, "done"));
  origin_.connection(0).reply(200, "");
  EXPECT_EQ(finished(call).body(), "done");
}

TEST_F(StreamingTest, ABigBodyArrivesIntact) {
  start();
  origin_.script(script::echo());
  std::string body;
  for (int i = 0; i < 300'000; ++i) body += std::to_string(i) + ",";
  auto call = finished(client().request("POST", "/", "", body));
  EXPECT_EQ(call.body(), body);
}

TEST_F(StreamingTest, AClientThatReadsNothingIsGivenUpAfterTheIdleTime) {
  start_with("downstream: {idle: 100ms}\n" + session_yaml("shop", origin_.url()));
  origin_.next([](TestOrigin::Connection& connection, const TestRequest&) {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    connection.send(std::string(64 << 20, 'x'));
  });
  TestClient& dead = client();
  dead.stop_reading();
  dead.get("/");
  run_until([&] { return origin_.requests() == 1; });
  run_until([&] { return origin_.open() == 0; });
  expect_pool_whole();
}

TEST_F(StreamingTest, AnEchoWhoseClientNeverReadsIsGivenUpAfterTheIdleTime) {
  start_with("downstream: {idle: 100ms}\n" + session_yaml("shop", origin_.url()));
  origin_.on_head([](TestOrigin::Connection& connection, const RequestHead&) {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    connection.send(std::string(32 << 20, 'x'));
    connection.stop_reading();
  });
  TestClient& dead = client();
  dead.stop_reading();
  dead.request("PUT", "/", "", std::string(32 << 20, 'x'));
  run_until([&] { return origin_.connections() == 1; });
  run_until([&] { return origin_.open() == 0; });
  expect_pool_whole();
}

TEST_F(StreamingTest, APipelinedBodyBehindALongAnswerArrives) {
  start();
  constexpr size_t kSize = 8 << 20;
  origin_.next(script::answer(200, std::string(kSize, 'x')));
  origin_.script(script::echo());
  TestClient& one = client();
  one.stop_reading();
  auto first = one.get("/");
  auto second = one.request("POST", "/", "", std::string(200'000, 'y'));
  run_until([&] { return origin_.requests() == 1; });
  run_what_is_ready();
  one.start_reading();
  EXPECT_EQ(finished(first)->body_bytes, kSize);
  EXPECT_EQ(finished(second)->body_bytes, 200'000u);
}

TEST_F(StreamingTest, AClientThatNeverReadsCannotPileUpAnswers) {
  start();
  origin_.script(script::answer(200, std::string(60'000, 'x')));
  TestClient& greedy = client();
  greedy.stop_reading();
  for (int i = 0; i < 1000; ++i) greedy.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  run_until([&] { return origin_.requests() > 5; });
  run_what_is_ready();
  run_what_is_ready();
  EXPECT_LT(origin_.requests(), 500u);  // socket buffers take some
}

TEST_F(StreamingTest, AnAnswerThatHasBegunIsNotCutOffBecauseTheBodyRests) {
  start("timeouts: {read: 60ms}");
  origin_.on_head([](auto& connection, const RequestHead&) {
    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
  });
  origin_.script([](auto& connection, const TestRequest&) { connection.send("0\r\n\r\n"); });
  TestClient& one = client();
  auto call = one.send_request(
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n");
  run_until([&] { return call.body() == "a"; });
  for (int step = 0; step < 5; ++step) {
    let_pass(30ms);
    origin_.connection(0).send("1\r\na\r\n");
  }
  one.send("0\r\n\r\n");
  EXPECT_EQ(finished(call).body(), "aaaaaa");
  EXPECT_TRUE(call.complete());
}

TEST_F(StreamingTest, AnEmptyLineBehindABodyIsNoBeginningOfARequest) {
  start_with("downstream: {head_timeout: 50ms}\n" + session_yaml("shop", origin_.url()));
  TestClient& one = client();
  finished(one.request("POST", "/", {}, "abc"));
  one.send("\r\n");
  let_pass(120ms);
  EXPECT_FALSE(one.gone());
  EXPECT_EQ(one.rest(), "");
  EXPECT_EQ(finished(one.get("/")).status(), 200);
}

}  // namespace
}  // namespace trunkd
