// Clients that leave at every moment: nothing is left behind, and no origin takes half for whole.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

using AbortTest = ProxyTest;

TEST_F(AbortTest, AClientThatLeavesWithinItsBodyNeverCompletesItUpstream) {
  start();
  for (const char* framing :
       {"Content-Length: 100\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"}) {
    for (const bool reset : {false, true}) {
      const size_t index = origin_.connections();
      TestClient& one = client();
      one.send(std::string("POST / HTTP/1.1\r\nHost: localhost\r\n") + framing);
      run_until([&] {
        return origin_.connections() > index &&
               origin_.connection(index).raw().find("half") != std::string::npos;
      });
      reset ? one.reset() : one.half_close();
      run_until([&] { return !origin_.connection(index).open(); });
      EXPECT_TRUE(origin_.connection(index).peer_broke());
    }
  }
  EXPECT_EQ(origin_.requests(), 0u);
  expect_pool_whole();
}

TEST_F(AbortTest, AHalfCloseAfterTheRequestStillGetsItsAnswer) {
  start();
  origin_.script(script::stall());
  TestClient& one = client();
  auto call = one.get("/");
  run_until([&] { return origin_.requests() == 1; });
  one.half_close();
  run_what_is_ready();
  origin_.connection(0).reply(200, "still here");
  EXPECT_EQ(finished(call).body(), "still here");
  run_until([&] { return one.gone(); });
}

TEST_F(AbortTest, AClientThatGivesUpFreesTheConnectionThatWorksForIt) {
  start("connections: 1");
  origin_.next(script::stall());
  TestClient& one = client();
  one.get("/slow");
  run_until([&] { return origin_.requests() == 1; });
  auto other = client().get("/other");
  run_until([&] { return pool().waiting == 1; });
  one.close();
  EXPECT_EQ(finished(other).status(), 200);
  run_until([&] { return proxy_->access_log().find("client_gone") != std::string::npos; });
}

TEST_F(AbortTest, OneThatGivesUpAfterItEndedItsSideDoesToo) {
  start("connections: 1");
  origin_.next(script::stall());
  TestClient& one = client();
  one.get("/slow");
  run_until([&] { return origin_.requests() == 1; });
  one.half_close();
  auto other = client().get("/other");
  run_until([&] { return pool().waiting == 1; });
  one.close();
  EXPECT_EQ(finished(other).status(), 200);
}

TEST_F(AbortTest, AResetWhileTheOriginWorksFreesTheConnection) {
  start();
  origin_.script(script::stall());
  TestClient& one = client();
  one.get("/");
  run_until([&] { return origin_.requests() == 1; });
  one.reset();
  expect_pool_whole();
  EXPECT_EQ(pool().total(), 0u);
}

TEST_F(AbortTest, AResetWithinTheAnswerFreesTheConnectionAndIsLogged) {
  start();
  origin_.next(script::send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
  TestClient& one = client();
  auto call = one.get("/");
  run_until([&] { return call.body() == "half"; });
  one.reset();
  expect_pool_whole();
  run_until([&] { return proxy_->access_log().find("client_gone") != std::string::npos; });
}

TEST_F(AbortTest, HalfAHeadCostsNothing) {
  start();
  TestClient& one = client();
  one.send("GET / HTTP/1.1\r\nHos");
  run_until([&] { return proxy_->server().clients() == 1; });
  one.half_close();
  run_until([&] { return proxy_->server().clients() == 0; });
  EXPECT_EQ(origin_.connections(), 0u);
}

TEST_F(AbortTest, AHeadThatDripsIsEndedAfterItsTime) {
  start_with("downstream: {head_timeout: 50ms}\n" + session_yaml("shop", origin_.url()));
  TestClient& slow = client();
  auto call = finished(slow.send_request("GET / HTTP/1.1\r\nHos"));
  EXPECT_EQ(call.status(), 408);
  run_until([&] { return slow.gone(); });
}

TEST_F(AbortTest, ABodyThatStallsIsEndedAfterItsTime) {
  start("timeouts: {read: 50ms}");
  TestClient& slow = client();
  auto call = finished(
      slow.send_request("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf"));
  EXPECT_EQ(call.status(), 408);
  run_until([&] { return slow.gone(); });
  run_until([&] { return origin_.open() == 0; });
  EXPECT_EQ(origin_.requests(), 0u);
  expect_pool_whole();
}

TEST_F(AbortTest, ManyClientsLeaveAtEveryMomentAndThePoolStaysWhole) {
  start("connections: 2\nqueue: {max: 20}");
  origin_.script([](TestOrigin::Connection& connection, const TestRequest& request) {
    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    if (request.body.empty()) connection.send("0\r\n\r\n");
  });
  const std::string request =
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n01234567890123456789";
  for (size_t cut = 1; cut <= request.size(); cut += 3) {
    TestClient& one = client();
    one.send(request.substr(0, cut));
    if (cut % 2 == 0) {
      run_until([&] { return one.connected(); });
      run_what_is_ready();
    }
    cut % 4 < 2 ? one.reset() : one.close();
  }
  run_until([&] { return proxy_->server().clients() == 0; });
  expect_pool_whole();
  EXPECT_EQ(finished(client().get("/")).body(), "hello");
  EXPECT_LE(origin_.max_open(), 2u + 1u);  // one may be closing while its successor opens
}

TEST_F(AbortTest, APipelinedRequestOfAClientThatLeftWaitsForNoConnection) {
  start("connections: 1");
  origin_.script(script::stall());
  TestClient& one = client();
  auto first = one.get("/first");
  run_until([&] { return origin_.requests() == 1; });
  one.request("POST", "/second", {}, "x");
  auto other = client().get("/other");
  run_until([&] { return pool().waiting == 1; });
  one.half_close();
  run_what_is_ready();
  origin_.connection(0).reply(200, "one");
  run_until([&] { return origin_.requests() == 2; });
  EXPECT_EQ(origin_.connection(0).requests()[1].head.target, "/other");
  run_until([&] { return pool().waiting == 0; }, "the end of the one who left");
  origin_.connection(0).reply(200, "two");
  EXPECT_EQ(finished(other).body(), "two");
  EXPECT_EQ(finished(first).body(), "one");
  expect_pool_whole();
  EXPECT_EQ(origin_.requests(), 2u);
}

}  // namespace
}  // namespace trunkd
