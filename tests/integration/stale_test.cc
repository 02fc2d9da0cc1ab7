// Connections that the origin has ended, or will have ended when the request comes.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

class StaleTest : public ProxyTest {
 protected:
  // A client whose connection is there already, so that its next bytes arrive at once.
  TestClient& connected_client() {
    TestClient& one = client();
    finished(one.get("/"));
    return one;
  }
  static TestCall post(TestClient& client) { return client.request("POST", "/", "", "hi"); }
  void wait(Duration time) {
    const SteadyTime end = loop_.now() + time;
    run_until([&] { return loop_.now() >= end; });
  }
};

TEST_F(StaleTest, APostThatComesTogetherWithTheEndOfItsConnectionGoesOnANewOne) {
  start();
  TestClient& one = connected_client();
  auto call = post(one);
  origin_.connection(0).close();  // heard of by the event loop only after the request
  EXPECT_EQ(finished(call).status(), 200);
  EXPECT_EQ(origin_.accepted(), 2u);
  EXPECT_EQ(pool().replaced, 1u);
  EXPECT_EQ(origin_.requests(), 2u);
}

TEST_F(StaleTest, OrWithAReset) {
  start();
  TestClient& one = connected_client();
  auto call = post(one);
  origin_.connection(0).reset();
  EXPECT_EQ(finished(call).status(), 200);
  EXPECT_EQ(pool().replaced, 1u);
}

TEST_F(StaleTest, OrWithBytesThatNobodyAskedFor) {
  start();
  TestClient& one = connected_client();
  auto call = post(one);
  origin_.connection(0).send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(finished(call).status(), 200);
  EXPECT_EQ(pool().replaced, 1u);
}

TEST_F(StaleTest, AGetNeedsNoSuchCareItIsSentAgain) {
  start();
  TestClient& one = connected_client();
  auto call = one.get("/again");
  origin_.connection(0).close();
  EXPECT_EQ(finished(call).status(), 200);
  EXPECT_EQ(pool().stale, 1u);
  EXPECT_EQ(pool().replayed, 1u);
}

TEST_F(StaleTest, SoIsOneOnAConnectionThatWasKeptReadyAndNeverUsed) {
  start("connections: 2\nkeepalive: {warm: 2}");
  TestClient& one = connected_client();
  TestClient& other = connected_client();
  run_until([&] { return origin_.accepted() == 2 && pool().idle == 2; }, "a warm connection");
  auto first = one.get("/first");
  auto second = other.get("/second");
  for (size_t i = 0; i < 2; ++i) origin_.connection(i).close();
  EXPECT_EQ(finished(first).status(), 200);
  EXPECT_EQ(finished(second).status(), 200);
}

TEST_F(StaleTest, APostThatIsLostIsNotSentAgainAndTheClientHearsWhatWouldHelp) {
  start();
  connected_client();
  origin_.next([](TestOrigin::Connection& connection, const TestRequest&) { connection.close(); });
  auto call = finished(post(client()));
  EXPECT_EQ(call.status(), 502);
  EXPECT_NE(call.body().find("Idempotency-Key"), std::string::npos) << call.body();
  EXPECT_EQ(origin_.requests(), 2u);
  EXPECT_EQ(pool().stale, 1u);
  EXPECT_EQ(pool().replayed, 0u);
}

TEST_F(StaleTest, WhatCannotBeSentTwiceAvoidsAConnectionThatWasIdleForLong) {
  start("connections: 2\nkeepalive: {unsafe_idle: 1ms}");
  get("/");
  wait(3ms);
  EXPECT_EQ(finished(post(client())).field("Trunkd-Connection"), "new; id=2; uses=1");
  wait(3ms);
  EXPECT_EQ(get("/").field("Trunkd-Connection").substr(0, 6), "reused");
}

TEST_F(StaleTest, SoDoesALongBodyWhateverTheMethod) {
  start("connections: 2\nkeepalive: {unsafe_idle: 1ms}");
  origin_.script(script::echo());
  get("/");
  const auto put = [&](size_t size) {
    wait(3ms);
    const std::string body(size, 'x');
    return finished(client().request("PUT", "/", "", body)).field("Trunkd-Connection");
  };
  EXPECT_EQ(put(1000).substr(0, 6), "reused");
  EXPECT_EQ(put(100'000).substr(0, 3), "new");
}

TEST_F(StaleTest, TheOriginsKeepAliveHintIsObeyed) {
  start();
  origin_.next(script::answer(200, "ok", "Keep-Alive: timeout=1, max=100\r\n"));
  get("/");
  const SteadyTime since = loop_.now();
  run_until([&] { return pool().idle == 0; }, "the idle connection closed");
  EXPECT_LT(loop_.now() - since, 1s);
  EXPECT_EQ(pool().ended_idle, 0u) << "by us";
}

TEST_F(StaleTest, AReplayWaitsForTheEndOfAPause) {
  start("connections: 2\nretry: {retry_after: {max: 5s}}");
  TestClient& one = connected_client();
  TestOrigin::Connection* first = nullptr;
  origin_.next(
      [&](TestOrigin::Connection& connection, const TestRequest&) { first = &connection; });
  auto stale = one.get("/stale");
  run_until([&] { return first != nullptr; });
  origin_.next(script::answer(429, "", "Retry-After: 1\r\n"));
  EXPECT_EQ(get("/paused").status(), 429);
  const SteadyTime paused = loop_.now();
  first->close();
  EXPECT_EQ(finished(stale).status(), 200);
  EXPECT_GE(loop_.now() - paused, 900ms);
}

TEST_F(StaleTest, AnOriginThatRefusesIsNotWaitedFor) {
  start_with(session_yaml("shop", "http://127.0.0.1:" + std::to_string(refusing_port(loop_)),
                          "retry: off"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get("/").field("Retry-After"), "");
  auto call = get("/");
  EXPECT_EQ(call.status(), 502);
  EXPECT_NE(call.body().find("connection_refused"), std::string::npos) << call.body();
  EXPECT_EQ(call.field("Retry-After"), "1");
  EXPECT_EQ(pool().open_failed, 3u);
  expect_pool_whole();
}

}  // namespace
}  // namespace trunkd
