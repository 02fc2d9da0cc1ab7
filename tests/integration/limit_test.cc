// The connection limit and the queue before it.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

class LimitTest : public ProxyTest {
 protected:
  // The origin answers only when the test says so.
  void hold_answers() {
    origin_.script([this](TestOrigin::Connection& connection, const TestRequest& request) {
      held_.push_back({&connection, request.head.target});
    });
  }
  void answer_first() {
    auto [connection, target] = held_.front();
    held_.erase(held_.begin());
    connection->reply(200, target);
  }

  std::vector<std::pair<TestOrigin::Connection*, std::string>> held_;
};

TEST_F(LimitTest, AFullQueueIsA503WithRetryAfter) {
  start("queue: {max: 1}");
  hold_answers();
  auto first = client().get("/1");
  run_until([&] { return held_.size() == 1; });
  auto second = client().get("/2");
  run_until([&] { return pool().waiting == 1; });
  auto third = get("/3");
  EXPECT_EQ(third.status(), 503);
  EXPECT_EQ(third.field("Retry-After"), "1");
  EXPECT_NE(third.field("Proxy-Status").find("connection_limit_reached"), std::string::npos);
  EXPECT_NE(third.body().find("queue.max"), std::string::npos);
  answer_first();
  run_until([&] { return held_.size() == 1; });
  answer_first();
  EXPECT_EQ(finished(first).body(), "/1");
  EXPECT_EQ(finished(second).body(), "/2");
}

TEST_F(LimitTest, WaitingTooLongIsA503) {
  start("queue: {timeout: 50ms}");
  hold_answers();
  auto first = client().get("/1");
  run_until([&] { return held_.size() == 1; });
  auto second = get("/2");
  EXPECT_EQ(second.status(), 503);
  EXPECT_NE(second.body().find("queue.timeout"), std::string::npos);
  answer_first();
  EXPECT_EQ(finished(first).status(), 200);
}

TEST_F(LimitTest, UrgencyDecidesWhoIsServedFirst) {
  start();
  hold_answers();
  client().get("/first");
  run_until([&] { return held_.size() == 1; });
  client().get("/later", "Priority: u=7\r\n");
  run_until([&] { return pool().waiting == 1; });
  client().get("/normal");
  run_until([&] { return pool().waiting == 2; });
  client().get("/urgent", "Priority: u=0\r\n");
  run_until([&] { return pool().waiting == 3; });
  for (const char* expected : {"/first", "/urgent", "/normal", "/later"}) {
    run_until([&] { return held_.size() == 1; });
    EXPECT_EQ(held_[0].second, expected);
    answer_first();
  }
  EXPECT_EQ(seen_field("Priority"), "u=7");  // forwarded unchanged
}

TEST_F(LimitTest, AClientThatLeavesTheQueueLeavesNoRequestBehind) {
  start();
  hold_answers();
  auto first = client().get("/1");
  run_until([&] { return held_.size() == 1; });
  TestClient& impatient = client();
  impatient.get("/2");
  run_until([&] { return pool().waiting == 1; });
  impatient.half_close();
  run_until([&] { return pool().waiting == 0; });
  TestClient& rude = client();
  rude.get("/3");
  run_until([&] { return pool().waiting == 1; });
  rude.reset();
  run_until([&] { return pool().waiting == 0; });
  answer_first();
  EXPECT_EQ(finished(first).status(), 200);
  expect_pool_whole();
  EXPECT_EQ(origin_.requests(), 1u);
}

TEST_F(LimitTest, AClientThatLeavesTheQueueBehindALongBodyIsSeenToo) {
  start();
  hold_answers();
  auto first = client().get("/1");
  run_until([&] { return held_.size() == 1; });
  TestClient& gone = client();
  gone.request("POST", "/2", "", std::string(100'000, 'x'));
  run_until([&] { return pool().waiting == 1 && gone.queued() == 0; });
  gone.half_close();
  run_until([&] { return pool().waiting == 0; });
  answer_first();
  EXPECT_EQ(finished(first).status(), 200);
  expect_pool_whole();
  EXPECT_EQ(origin_.requests(), 1u);
}

TEST_F(LimitTest, ServerTimingTellsTheTimeInTheQueue) {
  start();
  hold_answers();
  client().get("/1");
  run_until([&] { return held_.size() == 1; });
  auto second = client().get("/2");
  run_until([&] { return pool().waiting == 1; });
  let_pass(20ms);
  answer_first();
  run_until([&] { return held_.size() == 1; });
  answer_first();
  const std::string timing = finished(second).field("Server-Timing");
  EXPECT_GE(std::stod(timing.substr(timing.find("queue;dur=") + 10)), 15.0) << timing;
}

TEST_F(LimitTest, OneHostOfManyIsHeldToItsOwnLimit) {
  TestOrigin other(loop_);
  start_with("listen: off\nsessions:\n  shop:\n    listen: 0\n    allow_hosts: [\"127.0.0.1:" +
             std::to_string(origin_.port()) + "\", \"127.0.0.1:" + std::to_string(other.port()) +
             "\"]\n    connections: 3\n    connections_per_host: 1\n");
  hold_answers();
  TestClient& a = client();
  TestClient& b = client();
  a.get(origin_.url() + "/1");
  run_until([&] { return held_.size() == 1; });
  b.get(origin_.url() + "/2");
  run_until([&] { return pool().waiting == 1; });
  EXPECT_EQ(finished(client().get(other.url() + "/")).status(), 200);
  EXPECT_EQ(origin_.accepted(), 1u);
}

TEST_F(LimitTest, AnIdleConnectionToAnotherHostMakesRoom) {
  TestOrigin other(loop_);
  start_with("listen: off\nsessions:\n  shop:\n    listen: 0\n    allow_hosts: [\"127.0.0.1:" +
             std::to_string(origin_.port()) + "\", \"127.0.0.1:" + std::to_string(other.port()) +
             "\"]\n    connections: 1\n");
  EXPECT_EQ(finished(client().get(origin_.url() + "/")).status(), 200);
  EXPECT_EQ(finished(client().get(other.url() + "/")).status(), 200);
  run_until([&] { return origin_.open() == 0; });
  EXPECT_EQ(other.open(), 1u);
}

}  // namespace
}  // namespace trunkd
