// Connections are shared: by requests, by clients, as long as they are good.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

using ReuseTest = ProxyTest;

TEST_F(ReuseTest, TwoClientsShareOneUpstreamConnection) {
  start();
  EXPECT_EQ(get("/a").status(), 200);
  EXPECT_EQ(get("/b").status(), 200);
  EXPECT_EQ(origin_.accepted(), 1u);
  EXPECT_EQ(origin_.requests(), 2u);
}

TEST_F(ReuseTest, ManyClientsNeverOpenMoreThanTheLimit) {
  start("connections: 3");
  std::vector<TestCall> calls;
  for (int i = 0; i < 30; ++i) calls.push_back(client().get("/" + std::to_string(i)));
  for (const TestCall& call : calls) EXPECT_EQ(finished(call).status(), 200);
  EXPECT_EQ(origin_.max_open(), 3u);
  EXPECT_EQ(origin_.accepted(), 3u);
}

TEST_F(ReuseTest, TheAnswerSaysHowItWasHad) {
  start();
  auto first = get("/");
  EXPECT_EQ(first.field("Trunkd-Connection"), "new; id=1; uses=1");
  auto second = get("/");
  EXPECT_EQ(second.field("Trunkd-Connection"), "reused; id=1; uses=2");
  EXPECT_NE(first.field("Trunkd-Request-Id"), second.field("Trunkd-Request-Id"));
  for (const char* phase : {"queue;dur=", "dns;dur=", "connect;dur=", "tls;dur=", "ttfb;dur="}) {
    EXPECT_NE(second.field("Server-Timing").find(phase), std::string::npos) << phase;
  }
}

TEST_F(ReuseTest, ResponseInfoCanBeLeftOut) {
  start("response_info: off");
  auto call = get("/");
  EXPECT_EQ(call.field("Trunkd-Connection"), "");
  EXPECT_EQ(call.field("Server-Timing"), "");
  EXPECT_EQ(call.field("Trunkd-Request-Id"), "");
}

TEST_F(ReuseTest, AConnectionThatTheOriginClosesWhileIdleIsNotUsedAgain) {
  start();
  get("/a");
  origin_.connection(0).end();
  run_until([&] { return pool().idle == 0; }, "the idle connection gone");
  EXPECT_EQ(get("/b").status(), 200);
  EXPECT_EQ(origin_.accepted(), 2u);
}

TEST_F(ReuseTest, AByteOnAnIdleConnectionDiscardsIt) {
  start();
  get("/a");
  origin_.connection(0).send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
  run_until([&] { return pool().idle == 0; }, "the idle connection gone");
  EXPECT_EQ(get("/b").status(), 200);
  EXPECT_EQ(origin_.accepted(), 2u);
}

TEST_F(ReuseTest, BytesBehindAnAnswerDiscardTheConnection) {
  start();
  origin_.next(script::send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(get("/a").body(), "ok");
  EXPECT_EQ(get("/b").body(), "hello\n");
  EXPECT_EQ(origin_.accepted(), 2u);
}

TEST_F(ReuseTest, ConnectionCloseOfTheOriginIsObeyed) {
  start();
  origin_.next(script::answer(200, "bye", "Connection: close\r\n"));
  EXPECT_EQ(get("/a").body(), "bye");
  EXPECT_EQ(get("/b").body(), "hello\n");
  EXPECT_EQ(origin_.accepted(), 2u);
}

TEST_F(ReuseTest, TheClientsOwnConnectionCloseIsNotPassedUp) {
  start();
  auto call = get("/a", "Connection: close\r\n");
  EXPECT_EQ(call.field("Connection"), "close");
  EXPECT_FALSE(seen().head.headers.has("Connection"));
  get("/b");
  EXPECT_EQ(origin_.accepted(), 1u);
}

TEST_F(ReuseTest, OneClientConnectionCarriesManyRequests) {
  start();
  TestClient& one = client();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(finished(one.get("/")).status(), 200);
  EXPECT_EQ(proxy_->server().clients(), 1u);
}

TEST_F(ReuseTest, PipelinedRequestsAreAnsweredInOrder) {
  start("connections: 4");
  origin_.script([](TestOrigin::Connection& connection, const TestRequest& request) {
    connection.reply(200, request.head.target);
  });
  TestClient& one = client();
  std::vector<TestCall> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(one.get("/" + std::to_string(i)));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(finished(calls[static_cast<size_t>(i)]).body(), "/" + std::to_string(i));
  }
}

TEST_F(ReuseTest, PipelinedRequestsBeforeAnEndOfTheClientAreStillAnswered) {
  start();
  get("/warm");  // a request that still waits for a connection leaves with its client
  TestClient& one = client();
  auto first = one.get("/1");
  auto second = one.get("/2");
  one.half_close();
  EXPECT_EQ(finished(first).status(), 200);
  EXPECT_EQ(finished(second).status(), 200);
  run_until([&] { return one.gone(); });
}

TEST_F(ReuseTest, EachExchangeLeavesOneLogLineWithoutItsQuery) {
  start();
  get("/a?token=secret");
  run_until([&] { return proxy_->access_log().find('\n') != std::string::npos; });
  const std::string& log = proxy_->access_log();
  EXPECT_NE(log.find("\"path\":\"/a\""), std::string::npos) << log;
  EXPECT_EQ(log.find("secret"), std::string::npos) << log;
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1);
}

}  // namespace
}  // namespace trunkd
