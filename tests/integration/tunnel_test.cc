// CONNECT with `connect: tunnel`: raw bytes to a host of the session, over one of its connections.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

class TunnelTest : public ProxyTest {
 protected:
  void start_tunnels(std::string_view more = {}) {
    start("connect: tunnel\n" + std::string(more));
    // What comes through a tunnel is no request to the origin.
    origin_.script([](TestOrigin::Connection&, const TestRequest&) {});
  }
  static std::string connect_to(std::string_view authority, std::string_view fields = {}) {
    return "CONNECT " + std::string(authority) + " HTTP/1.1\r\nHost: " + std::string(authority) +
           "\r\n" + std::string(fields) + "\r\n";
  }
  std::string own_authority() const { return origin_.origin().authority(); }
  // The client asks for a tunnel to the origin and has it when this returns.
  TestClient& tunnel(std::string_view early = {}) {
    TestClient& one = client();
    one.send(connect_to(own_authority()) + std::string(early));
    run_until([&] { return one.raw().find("\r\n\r\n") != std::string::npos; }, "the 200");
    EXPECT_TRUE(one.raw().starts_with("HTTP/1.1 200 ")) << one.raw();
    return one;
  }
  static std::string behind_head(const TestClient& one) {
    return one.raw().substr(one.raw().find("\r\n\r\n") + 4);
  }
  void expect_logged(std::string_view part) {
    EXPECT_NE(proxy_->access_log().find(part), std::string::npos) << proxy_->access_log();
  }
};

TEST_F(TunnelTest, BothSidesTalkFreelyAndTheSlotIsHeldToTheEnd) {
  start_tunnels();
  TestClient& one = tunnel();
  EXPECT_EQ(one.raw().find("Content-Length"), std::string::npos);
  EXPECT_EQ(one.raw().find("Transfer-Encoding"), std::string::npos);
  one.send("ping");
  run_until([&] { return origin_.connection(0).raw() == "ping"; }, "nothing but the ping");
  origin_.connection(0).send("pong");
  run_until([&] { return behind_head(one) == "pong"; });
  EXPECT_EQ(pool().leased, 1u);
  one.half_close();
  run_until([&] { return origin_.connection(0).peer_ended() || !origin_.connection(0).open(); });
  origin_.connection(0).end();
  run_until([&] { return one.gone(); });
  EXPECT_FALSE(one.broke());
  expect_pool_whole();
  EXPECT_EQ(pool().total(), 0u);  // never used again
  expect_logged(R"("scheme":"tunnel")");
  expect_logged(R"("bytes_in":4,"bytes_out":4)");
  expect_logged(R"("error":null)");
}

TEST_F(TunnelTest, BytesSentWithoutWaitingAreKeptAndForwarded) {
  start_tunnels();
  tunnel("client hello");
  run_until([&] { return origin_.connection(0).raw() == "client hello"; });
}

TEST_F(TunnelTest, BytesSentWhileItWaitsInTheQueueAreKeptToo) {
  start_tunnels();
  TestClient& first = tunnel();
  TestClient& second = client();
  second.send(connect_to(own_authority()) + "early");
  run_until([&] { return pool().waiting == 1; });
  EXPECT_EQ(origin_.accepted(), 1u);  // connections: 1
  first.close();
  run_until([&] { return origin_.connections() == 2 && origin_.connection(1).raw() == "early"; });
}

TEST_F(TunnelTest, AHalfCloseOfTheOriginReachesTheClientWhoMayGoOn) {
  origin_.keep_half_closed(true);
  start_tunnels();
  TestClient& one = tunnel();
  run_until([&] { return origin_.connections() == 1; });
  origin_.connection(0).send("bye");
  origin_.connection(0).end();
  run_until([&] { return one.ended(); });
  EXPECT_EQ(behind_head(one), "bye");
  EXPECT_EQ(pool().leased, 1u);
  one.send("and more");
  run_until([&] { return origin_.connection(0).raw() == "and more"; });
}

TEST_F(TunnelTest, AReaderThatStopsSlowsTheOriginDown) {
  start_tunnels();
  TestClient& one = tunnel();
  run_until([&] { return origin_.connections() == 1; });
  one.stop_reading();
  const std::string megabyte(1 << 20, 'x');
  for (int i = 0; i < 32; ++i) origin_.connection(0).send(megabyte);
  run_what_is_ready();
  EXPECT_GT(origin_.connection(0).queued(), megabyte.size());  // neither lost nor held by trunkd
  one.start_reading();
  run_until([&] { return behind_head(one).size() == 32 * megabyte.size(); });
}

TEST_F(TunnelTest, AFullQueueAndItsTimeoutAnswerAsForAnyRequest) {
  start_tunnels("queue: {max: 1, timeout: 50ms}");
  tunnel();
  auto waiting = client().send_request(connect_to(own_authority()));
  run_until([&] { return pool().waiting == 1; });
  auto turned_away = finished(client().send_request(connect_to(own_authority())));
  EXPECT_EQ(turned_away.status(), 503);
  EXPECT_NE(turned_away.field("Retry-After"), "");
  EXPECT_EQ(finished(waiting).status(), 503);
  expect_logged(R"("error":"queue_full")");
  expect_logged(R"("error":"queue_timeout")");
}

TEST_F(TunnelTest, AConnectionOfRequestsIsNeverMadeATunnelOf) {
  start("connect: tunnel");
  EXPECT_EQ(get("/").status(), 200);
  run_until([&] { return pool().idle == 1; });
  tunnel("raw");
  run_until([&] { return origin_.connections() == 2 && origin_.connection(1).raw() == "raw"; });
}

TEST_F(TunnelTest, AnOriginThatRefusesIsA502) {
  const uint16_t port = refusing_port(loop_);
  const std::string authority = "127.0.0.1:" + std::to_string(port);
  start_with(session_yaml("shop", "http://" + authority, "connect: tunnel\nretry: off"));
  auto call = finished(client().send_request(connect_to(authority)));
  EXPECT_EQ(call.status(), 502);
  EXPECT_NE(call.field("Proxy-Status").find("connection_refused"), std::string::npos);
  expect_pool_whole();
}

TEST_F(TunnelTest, AnotherHostOrPortIsRefused) {
  start_tunnels();
  EXPECT_EQ(finished(client().send_request(connect_to("other.example:443"))).status(), 421);
  EXPECT_EQ(finished(client().send_request(connect_to("127.0.0.1:1"))).status(), 421);
  EXPECT_EQ(origin_.accepted(), 0u);
}

TEST_F(TunnelTest, ATunnelToTrunkdItselfIsALoop) {
  // The port has to be known before trunkd has it: one that was free a moment ago.
  const std::string self = "127.0.0.1:" + std::to_string(refusing_port(loop_));
  start_with("listen: \"" + self + "\"\nsessions:\n  many: {listen: 0, allow_hosts: [\"" + self +
             "\"], connect: tunnel}\n");
  auto call = finished(client_at(proxy_->port("many")).send_request(connect_to(self)));
  EXPECT_EQ(call.status(), 502);
  EXPECT_NE(call.field("Proxy-Status").find("proxy_loop_detected"), std::string::npos);
}

TEST_F(TunnelTest, AWebPageAndAStrangeHostAreRefused) {
  start_tunnels();
  EXPECT_EQ(finished(client().send_request(
                         connect_to(own_authority(), "Origin: https://evil.example\r\n")))
                .status(),
            403);
  EXPECT_EQ(finished(client().send_request("CONNECT " + own_authority() +
                                           " HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
                .status(),
            421);
  EXPECT_EQ(origin_.accepted(), 0u);
}

TEST_F(TunnelTest, AConnectWithABodyIsMalformed) {
  start_tunnels();
  for (const char* framing :
       {"Content-Length: 5\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n"}) {
    EXPECT_EQ(finished(client().send_request(connect_to(own_authority(), framing))).status(), 400)
        << framing;
  }
  EXPECT_EQ(origin_.accepted(), 0u);
}

TEST_F(TunnelTest, WhatFollowsARefusedConnectIsNoRequest) {
  start();
  TestClient& one = client();
  auto call = finished(one.send_request(connect_to(own_authority()) +
                                        "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(call.status(), 405);
  EXPECT_EQ(call.field("Connection"), "close");
  run_until([&] { return one.gone(); });
  EXPECT_EQ(origin_.requests(), 0u);
}

TEST_F(TunnelTest, ASilentTunnelEndsAfterTheIdleTime) {
  start_tunnels("timeouts: {tunnel: 50ms}");
  TestClient& one = tunnel();
  run_until([&] { return one.gone(); });
  expect_pool_whole();
  expect_logged(R"("error":"tunnel_idle")");
}

TEST_F(TunnelTest, AResetOfOneSideReachesTheOther) {
  start_tunnels();
  TestClient& one = tunnel();
  run_until([&] { return origin_.connections() == 1; });
  origin_.connection(0).reset();
  run_until([&] { return one.broke(); });
  expect_logged(R"("error":"connection_terminated")");
  TestClient& two = tunnel();
  run_until([&] { return origin_.connections() == 2; });
  two.reset();
  run_until([&] { return !origin_.connection(1).open(); });
  expect_pool_whole();
  expect_logged(R"("error":"client_gone")");
}

TEST_F(TunnelTest, ADrainEndsTunnelsAtItsDeadline) {
  start_with("drain_timeout: 50ms\n" + session_yaml("shop", origin_.url(), "connect: tunnel"));
  TestClient& one = tunnel("ping");
  run_until([&] { return origin_.connections() == 1 && origin_.connection(0).raw() == "ping"; });
  bool drained = false;
  proxy_->server().drain([&] { drained = true; });
  run_until([&] { return drained && one.broke(); });
  run_until([&] { return !origin_.connection(0).open(); });
  run_what_is_ready();
  expect_logged(R"("bytes_in":4,"bytes_out":0)");
  expect_logged(R"("error":"shutting_down")");
}

TEST_F(TunnelTest, OnTheSharedPortTheTargetOrTheProxyUserNamesTheSession) {
  start_with("listen: 0\nsessions:\n  plain: {base_url: \"" + origin_.url() +
             "\"}\n  shop: {base_url: \"" + origin_.url() + "\", connect: tunnel}\n");
  const uint16_t shared = proxy_->port("");
  EXPECT_EQ(finished(client_at(shared).send_request(connect_to("other.example:443"))).status(),
            407);
  TestClient& one = client_at(shared);
  one.send(connect_to(own_authority()) + "raw");  // of the two, one alone takes tunnels
  run_until([&] { return origin_.connections() == 1 && origin_.connection(0).raw() == "raw"; });
  // "plain:x"
  auto named = finished(client_at(shared).send_request(
      connect_to(own_authority(), "Proxy-Authorization: Basic cGxhaW46eA==\r\n")));
  EXPECT_EQ(named.status(), 400);  // the user says one, the target the other
}

}  // namespace
}  // namespace trunkd
