// Upgrade: a tunnel after 101, and only where it is allowed.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

class UpgradeTest : public ProxyTest {
 protected:
  static constexpr const char* kRequest =
      "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\n"
      "Upgrade: websocket\r\n\r\n";
  static constexpr const char* kSwitching =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Accept: x\r\n\r\n";
};

TEST_F(UpgradeTest, BothSidesTalkFreelyAfter101) {
  start();
  origin_.next(script::send(std::string(kSwitching) + "first "));
  TestClient& one = client();
  auto call = one.send_request(kRequest, false, true);
  run_until([&] { return one.rest() == "first "; });
  EXPECT_EQ(call.status(), 101);
  EXPECT_EQ(call.field("Upgrade"), "websocket");
  EXPECT_EQ(call.field("Sec-WebSocket-Accept"), "x");
  EXPECT_EQ(seen_field("Connection"), "Upgrade");
  EXPECT_EQ(seen_field("Upgrade"), "websocket");
  one.send("ping");
  run_until([&] { return origin_.connection(0).raw().ends_with("ping"); });
  origin_.connection(0).send("pong");
  run_until([&] { return one.rest() == "first pong"; });
  EXPECT_EQ(pool().leased, 1u);  // its slot is taken as long as it lives
  one.half_close();
  run_until([&] { return origin_.connection(0).peer_ended(); });
  origin_.connection(0).end();
  run_until([&] { return one.gone(); });
  expect_pool_whole();
  EXPECT_EQ(pool().total(), 0u);
}

TEST_F(UpgradeTest, BytesBehindTheRequestAreTheTunnelsFirst) {
  start();
  origin_.next(script::send(kSwitching));
  TestClient& one = client();
  one.send_request(std::string(kRequest) + "early", false, true);
  run_until(
      [&] { return origin_.connections() == 1 && origin_.connection(0).raw().ends_with("early"); });
}

TEST_F(UpgradeTest, AnOriginThatDeclinesAnswersAsUsual) {
  start();
  TestClient& one = client();
  EXPECT_EQ(finished(one.send_request(kRequest, false, true)).status(), 200);
  EXPECT_EQ(finished(one.get("/")).status(), 200);
  EXPECT_EQ(origin_.accepted(), 1u);
}

TEST_F(UpgradeTest, H2cIsStripped) {
  start();
  auto call = get("/",
                  "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                  "HTTP2-Settings: AAMAAABkAAQAAP__\r\n");
  EXPECT_EQ(call.status(), 200);
  EXPECT_FALSE(seen().head.headers.has("Upgrade"));
  EXPECT_FALSE(seen().head.headers.has("Connection"));
  EXPECT_FALSE(seen().head.headers.has("HTTP2-Settings"));
}

TEST_F(UpgradeTest, WithoutUpgradeInTheSettingsNothingIsUpgraded) {
  start("upgrade: off");
  finished(client().send_request(kRequest, false, true));
  EXPECT_FALSE(seen().head.headers.has("Upgrade"));
}

TEST_F(UpgradeTest, A101ThatNobodyAskedForIsABrokenAnswer) {
  start();
  origin_.next(script::send(kSwitching));
  EXPECT_EQ(get("/").status(), 502);
}

TEST_F(UpgradeTest, AnotherProtocolThanTheOneAskedForIsABrokenAnswer) {
  start();
  origin_.next(script::send(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"));
  EXPECT_EQ(finished(client().send_request(kRequest)).status(), 502);
  expect_pool_whole();
}

TEST_F(UpgradeTest, AnEndBeforeTheSwitchReachesTheOrigin) {
  start();
  origin_.script(script::stall());
  TestClient& one = client();
  one.send_request(kRequest, false, true);
  run_until([&] { return origin_.requests() == 1; });
  one.half_close();
  run_what_is_ready();
  origin_.connection(0).send(kSwitching);
  run_until([&] { return origin_.connection(0).peer_ended(); });
}

TEST_F(UpgradeTest, AResetOfOneSideReachesTheOther) {
  start();
  origin_.next(script::send(kSwitching));
  TestClient& one = client();
  auto call = one.send_request(kRequest, false, true);
  run_until([&] { return call.status() == 101; });
  origin_.connection(0).reset();
  run_until([&] { return one.broke(); });
  expect_pool_whole();
}

TEST_F(UpgradeTest, ASilentTunnelEndsAfterTheIdleTime) {
  start("timeouts: {tunnel: 100ms}");
  origin_.next(script::send(kSwitching));
  TestClient& one = client();
  auto call = one.send_request(kRequest, false, true);
  run_until([&] { return call.status() == 101; });
  run_until([&] { return one.gone(); });
  expect_pool_whole();
}

}  // namespace
}  // namespace trunkd
