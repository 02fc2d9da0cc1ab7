// A reload of the running server: what changes, what stays, and that no request is lost.

#include "proxy_test.h"

namespace trunkd {
namespace {

class ReloadTest : public ProxyTest {
 protected:
  // A session on a free port to `origin_`, as one line of the file.
  std::string line(std::string_view name, std::string_view more = "connections: 2") {
    return "  " + std::string(name) + ": {listen: 0, base_url: \"" + origin_.url() + "\", " +
           std::string(more) + "}\n";
  }
  static std::string file(const std::string& lines) { return "listen: off\nsessions:\n" + lines; }

  ReloadOutcome reload(const std::string& yaml) {
    ReloadOutcome outcome =
        proxy_->server().reload(std::make_shared<const Config>(test_config(yaml)));
    run_what_is_ready();
    return outcome;
  }
  TestCall get_from(std::string_view session) {
    return finished(client_at(proxy_->port(session)).get("/"));
  }
  // The origin answers when the test says so, and whatever comes after that at once.
  void hold_answers() {
    origin_.script([this](TestOrigin::Connection& connection, const TestRequest&) {
      released_ ? connection.reply(200) : held_.push_back(&connection);
    });
  }
  void answer_held() {
    released_ = true;
    for (TestOrigin::Connection* connection : held_) connection->reply(200);
    held_.clear();
  }

  std::vector<TestOrigin::Connection*> held_;
  bool released_ = false;
  using Names = std::vector<std::string>;
};

TEST_F(ReloadTest, SessionsAreAddedRemovedAndChangedAndTheOthersKeepTheirConnections) {
  start_with(file(line("a") + line("b") + line("c")));
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(get_from(name).status(), 200);
  EXPECT_EQ(origin_.connections(), 3u);
  const uint16_t port = proxy_->port("a");

  const ReloadOutcome outcome = reload(file(line("d") + line("b", "connections: 7") + line("a")));
  EXPECT_TRUE(outcome.good());
  EXPECT_EQ(outcome.added, Names{"d"});
  EXPECT_EQ(outcome.removed, Names{"c"});
  EXPECT_EQ(outcome.changed, Names{"b"});
  EXPECT_EQ(proxy_->port("a"), port) << "its free port stays its own";
  EXPECT_EQ(proxy_->port("c"), 0);
  for (const char* name : {"a", "b", "d"}) EXPECT_EQ(get_from(name).status(), 200);
  EXPECT_EQ(origin_.connections(), 4u) << "only the added session opened one";
  EXPECT_EQ(proxy_->pool("b").opened, 1u) << "its limit changed, its pool did not";
}

TEST_F(ReloadTest, ALowerLimitHoldsAsConnectionsComeBack) {
  start_with(file(line("shop", "connections: 3")));
  hold_answers();
  std::vector<TestCall> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(client().get("/"));
  run_until([&] { return pool().leased == 3; });
  reload(file(line("shop", "connections: 1")));
  answer_held();
  for (TestCall& call : calls) EXPECT_EQ(finished(call).status(), 200);
  run_until([&] { return pool().total() <= 1; });
}

TEST_F(ReloadTest, WhoWaitsInTheQueueGoesOnWhenTheLimitIsRaised) {
  start_with(file(line("shop", "connections: 1")));
  hold_answers();
  TestCall first = client().get("/");
  run_until([&] { return pool().leased == 1; });
  TestCall second = client().get("/");
  run_until([&] { return pool().waiting == 1; });
  reload(file(line("shop", "connections: 2")));
  run_until([&] { return pool().leased == 2; });
  answer_held();
  EXPECT_EQ(finished(first).status(), 200);
  EXPECT_EQ(finished(second).status(), 200);
}

TEST_F(ReloadTest, ARequestUnderWayInARemovedSessionIsAnswered) {
  start_with(file(line("shop") + line("other")));
  hold_answers();
  TestCall call = client().get("/");
  run_until([&] { return pool().leased == 1; });
  reload(file(line("other")));
  answer_held();
  EXPECT_EQ(finished(call).status(), 200);
}

TEST_F(ReloadTest, AClientThatStaysOnARemovedListenerIsToldAndLetGo) {
  start_with(file(line("shop") + line("other")));
  TestClient& stays = client();
  EXPECT_EQ(finished(stays.get("/")).status(), 200);
  reload(file(line("other")));
  const TestCall late = finished(stays.get("/"));
  EXPECT_EQ(late.status(), 404);
  EXPECT_NE(late.body().find("removed by a reload"), std::string::npos);
}

TEST_F(ReloadTest, ASessionWhoseTlsOrPlaceChangesGetsNewConnectionsAndTheOldRequestEnds) {
  start_with(file(line("shop", "timeouts: {connect: 5s}")));
  EXPECT_EQ(get_from("shop").status(), 200);
  reload(file(line("shop", "timeouts: {connect: 4s}")));
  EXPECT_EQ(get_from("shop").status(), 200);
  EXPECT_EQ(origin_.connections(), 2u);
}

TEST_F(ReloadTest, WhatCannotBeOpenedChangesNothingAtAll) {
  start_with(file(line("shop")));
  EXPECT_EQ(get_from("shop").status(), 200);
  const ReloadOutcome outcome =
      reload(file(line("shop", "connections: 5") + "  new: {listen: \"127.0.0.1:" +
                  std::to_string(origin_.port()) + "\", base_url: \"" + origin_.url() + "\"}\n"));
  ASSERT_FALSE(outcome.good());
  EXPECT_NE(outcome.errors[0].find(std::to_string(origin_.port())), std::string::npos);
  EXPECT_EQ(proxy_->server().session("new"), nullptr);
  EXPECT_EQ(proxy_->server().session("shop")->settings().connections, 2u);
  EXPECT_EQ(get_from("shop").status(), 200);
  EXPECT_EQ(origin_.connections(), 1u);
}

TEST_F(ReloadTest, APortOfOurOwnThatIsInTheWayIsNamed) {
  const std::string shop = ", base_url: \"" + origin_.url() + "\"}\n";
  start_with(file("  shop: {listen: \"127.0.0.1:0\"" + shop));
  const std::string port = std::to_string(proxy_->port("shop"));
  const ReloadOutcome outcome =
      reload("expose: true\n" + file("  shop: {listen: \"0.0.0.0:" + port + "\"" + shop));
  ASSERT_FALSE(outcome.good());
  EXPECT_NE(outcome.errors[0].find("trunkd itself listens on 127.0.0.1:" + port), std::string::npos)
      << outcome.errors[0];
}

TEST_F(ReloadTest, AFileForTlsThatIsNotThereChangesNothing) {
  start_with(file(line("shop")));
  const ReloadOutcome outcome =
      reload(file(line("shop", "tls: {ca_file: /nowhere/ca.pem}") + line("new")));
  ASSERT_FALSE(outcome.good());
  EXPECT_EQ(proxy_->server().session("new"), nullptr);
  EXPECT_EQ(get_from("shop").status(), 200);
}

TEST_F(ReloadTest, APausedSessionStaysPausedAndAResumeReachesThoseWhoWaitedBefore) {
  start_with(file(line("shop")));
  proxy_->server().session("shop")->pause();
  TestCall before = client().get("/");
  run_until([&] { return pool().held == 1; });
  reload(file(line("shop", "rate: {limit: 100/s}")));
  TestCall after = client().get("/");
  run_until([&] { return pool().held == 2; });
  EXPECT_EQ(proxy_->server().session("shop")->state(), SessionState::paused);
  proxy_->server().session("shop")->resume();
  EXPECT_EQ(finished(before).status(), 200);
  EXPECT_EQ(finished(after).status(), 200);
}

TEST_F(ReloadTest, AResumeReachesThoseWhoWaitedBeforeSeveralReloads) {
  start_with(file(line("shop")));
  proxy_->server().session("shop")->pause();
  TestCall call = client().get("/");
  run_until([&] { return pool().held == 1; });
  for (const char* rate : {"100/s", "200/s", "300/s"}) {
    reload(file(line("shop", "rate: {limit: " + std::string(rate) + "}")));
  }
  proxy_->server().session("shop")->resume();
  EXPECT_EQ(finished(call).status(), 200);
}

TEST_F(ReloadTest, WhoWaitsInAPausedSessionThatIsRemovedGoesOn) {
  start_with(file(line("shop") + line("other")));
  proxy_->server().session("shop")->pause();
  TestCall call = client().get("/");
  run_until([&] { return pool().held == 1; });
  reload(file(line("other")));
  EXPECT_EQ(finished(call).status(), 200);
}

TEST_F(ReloadTest, APauseThatTheOriginAskedForGoesOn) {
  start_with(file(line("shop")));
  origin_.next(script::answer(429, "", "Retry-After: 20\r\n"));
  EXPECT_EQ(get_from("shop").status(), 429);
  reload(file(line("shop", "rate: {limit: 100/s}")));
  TestCall call = client().get("/");
  run_until([&] { return pool().held == 1; });
  EXPECT_EQ(origin_.requests(), 1u);
}

TEST_F(ReloadTest, NoPauseOutlivesAChangeOfWhatASessionObeys) {
  for (const char* changed : {"retry: {retry_after: {max: off}}", "retry: {retry_after: {max: 2h}}",
                              "retry: {retry_after: {headers: true}}"}) {
    SCOPED_TRACE(changed);
    start_with(file(line("shop")));
    origin_.next(script::answer(429, "", "Retry-After: 20\r\n"));
    EXPECT_EQ(get_from("shop").status(), 429);
    TestCall before = client().get("/");
    run_until([&] { return pool().held == 1; });
    reload(file(line("shop", changed)));
    EXPECT_EQ(finished(before).status(), 200);
    EXPECT_EQ(get_from("shop").status(), 200);
  }
}

TEST_F(ReloadTest, ASessionThatUsesThePoolOfAnotherLeavesThatAsItIs) {
  start_with(file(line("shop")));
  EXPECT_EQ(get_from("shop").status(), 200);
  const ReloadOutcome outcome = reload(file(line("shop") + "  more: {listen: 0, base_url: \"" +
                                            origin_.url() + "/more\", pool: shop}\n"));
  EXPECT_EQ(outcome.changed, Names{});
  EXPECT_EQ(get_from("more").status(), 200);
  EXPECT_EQ(get_from("shop").status(), 200);
  EXPECT_EQ(origin_.connections(), 1u);
}

TEST_F(ReloadTest, CookiesInMemoryStay) {
  start_with(file(line("shop", "cookies: memory")));
  origin_.script(script::answer(200, "", "Set-Cookie: a=1\r\n"));
  EXPECT_EQ(get_from("shop").status(), 200);
  reload(file(line("shop", "cookies: memory, connections: 9")));
  EXPECT_EQ(get_from("shop").status(), 200);
  EXPECT_EQ(seen_field("Cookie"), "a=1");
}

TEST_F(ReloadTest, WhatNeedsARestartIsSaid) {
  start_with(file(line("shop")));
  const ReloadOutcome outcome =
      reload("admin: {mode: \"0660\"}\nlog: {access: off}\n" + file(line("shop")));
  EXPECT_TRUE(outcome.good());
  EXPECT_EQ(outcome.notices, (Names{"admin: the new value takes effect at the next start",
                                    "log.access: the new value takes effect at the next start"}));
}

TEST_F(ReloadTest, SoItIsEachTimeAndNotOnceItIsAsAtTheStart) {
  start_with(file(line("shop")));
  const std::string other = "log: {access: off}\n" + file(line("shop"));
  EXPECT_EQ(reload(other).notices.size(), 1u);
  EXPECT_EQ(reload(other).notices.size(), 1u);
  EXPECT_EQ(reload(file(line("shop"))).notices.size(), 0u);
}

TEST_F(ReloadTest, AStoppingDaemonIsNotChanged) {
  start_with(file(line("shop")));
  proxy_->server().drain([] {});
  EXPECT_FALSE(reload(file(line("shop") + line("new"))).good());
}

TEST_F(ReloadTest, ManyTimesInARowWithClientsThatStayNothingIsLost) {
  start_with(file(line("shop")));
  TestClient& stays = client();
  for (int i = 1; i <= 20; ++i) {
    const std::string more = i % 2 == 0 ? "" : line("extra");
    EXPECT_TRUE(reload(file(line("shop", "connections: " + std::to_string(i)) + more)).good());
    EXPECT_EQ(finished(stays.get("/")).status(), 200);
  }
  EXPECT_EQ(origin_.connections(), 1u);
}

}  // namespace
}  // namespace trunkd
