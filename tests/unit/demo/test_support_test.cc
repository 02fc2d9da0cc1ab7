// The scripted origin and the raw client do what the integration tests take for granted.

#include <string>

#include "support/test_client.h"
#include "support/test_loop.h"
#include "support/test_origin.h"

namespace trunkd {
namespace {

class TestSupportTest : public LoopTest {
 protected:
  TestOrigin origin_{loop_};
};

TEST_F(TestSupportTest, TheOriginAnswersHelloAndRecordsTheRequest) {
  TestClient client(loop_, origin_.port());
  const TestCall call = client.request("PUT", "/a?b", "X-A: 1\r\n", "body");
  run_until([&] { return call.done(); });

  EXPECT_EQ(call.body(), "hello\n");
  ASSERT_EQ(origin_.connection(0).requests().size(), 1u);
  const TestRequest& request = origin_.connection(0).requests()[0];
  EXPECT_EQ(request.head.target, "/a?b");
  EXPECT_EQ(request.head.headers.get("x-a"), "1");
  EXPECT_EQ(request.body, "body");
  EXPECT_NE(origin_.connection(0).raw().find("PUT /a?b HTTP/1.1\r\n"), std::string::npos);
}

TEST_F(TestSupportTest, ScriptsForOneRequestComeInOrderAndThenTheStandingOne) {
  origin_.script(script::answer(404));
  origin_.next(script::answer(500));
  origin_.next(script::answer_chunked({"a", "bc"}));
  TestClient client(loop_, origin_.port());
  const TestCall first = client.get("/"), second = client.get("/"), third = client.get("/");
  run_until([&] { return third.done(); });
  EXPECT_EQ(first.status(), 500);
  EXPECT_EQ(second.body(), "abc");
  EXPECT_EQ(third.status(), 404);
}

TEST_F(TestSupportTest, AStalledRequestIsAnsweredWhenTheTestSaysSo) {
  origin_.script(script::stall());
  TestClient client(loop_, origin_.port());
  const TestCall call = client.get("/");
  run_until([&] { return origin_.requests() == 1; });
  run_what_is_ready();
  EXPECT_FALSE(call.done());

  origin_.connection(0).reply(200, "late");

  run_until([&] { return call.done(); });
  EXPECT_EQ(call.body(), "late");
}

TEST_F(TestSupportTest, HalfAHeadAndAnEndFailTheCall) {
  origin_.script(script::send_and_end("HTTP/1.1 200 OK\r\nContent-Le"));
  TestClient client(loop_, origin_.port());
  const TestCall call = client.get("/");
  run_until([&] { return call.done(); });
  EXPECT_TRUE(call.failed());
  EXPECT_TRUE(client.ended());
}

TEST_F(TestSupportTest, AResetIsSeenAsOne) {
  origin_.script(script::send_and_reset("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"));
  TestClient client(loop_, origin_.port());
  const TestCall call = client.get("/");
  run_until([&] { return call.done(); });
  EXPECT_TRUE(call.failed());
  EXPECT_TRUE(client.broke());
  EXPECT_EQ(origin_.open(), 0u);
}

TEST_F(TestSupportTest, TheOriginSeesHowItsPeerLeft) {
  origin_.keep_half_closed(true);
  TestClient ending(loop_, origin_.port());
  run_until([&] { return origin_.accepted() == 1; });
  TestClient resetting(loop_, origin_.port());
  run_until([&] { return origin_.accepted() == 2 && ending.connected() && resetting.connected(); });

  ending.half_close();
  resetting.reset();

  run_until([&] { return origin_.connection(0).peer_ended() && !origin_.connection(1).open(); });
  EXPECT_TRUE(origin_.connection(0).open());
  EXPECT_TRUE(origin_.connection(1).peer_broke());
}

TEST_F(TestSupportTest, AnEarlyAnswerComesBeforeTheBody) {
  origin_.script(script::stall());
  origin_.on_head([](auto& connection, const RequestHead&) { connection.reply(413, "no"); });
  TestClient client(loop_, origin_.port());
  const TestCall call =
      client.send_request("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  run_until([&] { return call.done(); });
  EXPECT_EQ(call.status(), 413);
  EXPECT_EQ(origin_.requests(), 0u);
}

TEST_F(TestSupportTest, After101TheRestIsTheTunnels) {
  origin_.script(
      script::send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n"
                   "Connection: upgrade\r\n\r\nfirst"));
  TestClient client(loop_, origin_.port());
  const TestCall call = client.send_request(
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n", false, true);
  run_until([&] { return client.rest() == "first"; });
  EXPECT_TRUE(call.complete());
}

TEST_F(TestSupportTest, ARefusingPortRefuses) {
  TestClient client(loop_, refusing_port(loop_));
  const TestCall call = client.get("/");
  run_until([&] { return call.done(); });
  EXPECT_TRUE(client.connect_failed());
}

}  // namespace
}  // namespace trunkd
