// Draining: answers under way are finished, nothing new begins, nothing leaks.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

using ShutdownTest = ProxyTest;

TEST_F(ShutdownTest, AnAnswerUnderWayIsFinishedAndItsConnectionEnds) {
  start();
  origin_.script(script::stall());
  TestClient& one = client();
  auto call = one.get("/");
  run_until([&] { return origin_.requests() == 1; });
  bool drained = false;
  proxy_->server().drain([&] { drained = true; });
  run_what_is_ready();
  EXPECT_FALSE(drained);
  origin_.connection(0).reply(200, "finished");
  EXPECT_EQ(finished(call).body(), "finished");
  EXPECT_EQ(call.field("Connection"), "close");
  one.close();
  run_until([&] { return drained; });
}

TEST_F(ShutdownTest, NewConnectionsAreRefusedWhileDraining) {
  start();
  const uint16_t port = proxy_->port("shop");
  origin_.script(script::stall());
  client().get("/");
  run_until([&] { return origin_.requests() == 1; });
  proxy_->server().drain([] {});
  TestClient& late = client_at(port);
  run_until([&] { return late.connect_failed(); });
}

TEST_F(ShutdownTest, AnIdleClientMaySendOneMoreRequest) {
  start();
  TestClient& one = client();
  finished(one.get("/a"));
  bool drained = false;
  proxy_->server().drain([&] { drained = true; });
  auto call = finished(one.get("/b"));
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(call.field("Connection"), "close");
  one.close();
  run_until([&] { return drained; });
}

TEST_F(ShutdownTest, IdleClientsAreClosedSoon) {
  start();
  TestClient& one = client();
  finished(one.get("/a"));
  bool drained = false;
  proxy_->server().drain([&] { drained = true; });
  run_until([&] { return drained; });
  run_until([&] { return one.gone(); });
}

TEST_F(ShutdownTest, WhatTakesTooLongIsBrokenOff) {
  start_with("drain_timeout: 50ms\n" + session_yaml("shop", origin_.url()));
  origin_.script(script::send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  TestClient& one = client();
  auto call = one.get("/");
  run_until([&] { return call.body() == "half"; });
  bool drained = false;
  proxy_->server().drain([&] { drained = true; });
  run_until([&] { return drained; });
  EXPECT_TRUE(finished(call).failed());
}

TEST_F(ShutdownTest, AServerMayEndInTheMiddleOfEverything) {
  start();
  origin_.script(script::stall());
  client().get("/1");
  client().get("/2");
  client().send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf");
  run_until([&] { return origin_.requests() == 1 && pool().waiting == 2; });
  proxy_.reset();
  run_what_is_ready();
  EXPECT_EQ(origin_.open(), 0u);
}

TEST_F(ShutdownTest, BeyondTheLimitOfClientsNewOnesAreTurnedAway) {
  start_with("downstream: {max: 1}\n" + session_yaml("shop", origin_.url()));
  TestClient& one = client();
  finished(one.get("/"));
  TestClient& two = client();
  run_until([&] { return two.gone(); });
  EXPECT_EQ(finished(one.get("/")).status(), 200);
}

TEST_F(ShutdownTest, AClientThatStillReadsItsAnswerGetsAllOfIt) {
  start();
  const std::string body(size_t{3} << 20, 'x');
  origin_.script(script::answer(200, body));
  TestClient& one = client();
  auto call = one.get("/");
  run_until([&] { return call.status() == 200; });
  one.stop_reading();
  expect_pool_whole();  // all of it is here
  proxy_->server().drain([] {});
  let_pass(700ms);  // longer than an idle client gets
  one.start_reading();
  EXPECT_EQ(finished(call).body().size(), body.size());
  EXPECT_TRUE(call.complete());
  run_until([&] { return one.ended(); });
}

TEST_F(ShutdownTest, AnEmptyLineMakesAnIdleClientNoLongerLived) {
  start();
  TestClient& one = client();
  finished(one.get("/"));
  const SteadyTime begun = loop_.now();
  proxy_->server().drain([] {});
  one.send("\r\n");
  run_until([&] { return one.gone(); });
  EXPECT_LT(loop_.now() - begun, 5s);  // downstream.head_timeout is 10 s, idle 5 min
}

}  // namespace
}  // namespace trunkd
