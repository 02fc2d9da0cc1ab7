// The HTTP of the admin interface, over a transport and a clock that obey the test.

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admin/admin_set.h"
#include "support/fake_loop.h"
#include "support/fake_transport.h"

namespace trunkd {
namespace {

// A daemon without sessions, which reloads when the test says so.
class FakeHost final : public AdminHost {
 public:
  explicit FakeHost(FakeLoop& loop) : loop_(loop) {}

  const Clock& clock() const override { return loop_; }
  const SessionTable& sessions() const override { return *table_; }
  const RecentExchanges& recent() const override { return recent_; }
  std::string_view id_prefix() const override { return "0a1b2c3d"; }
  DaemonStatus status() const override { return {}; }
  std::string metrics() override { return "# none\n"; }
  void kill(Session&) override {}
  void drain() override { drained = true; }
  void reload(std::function<void(const ReloadOutcome&)> done) override { reloaded = done; }
  Result<PageDoor> open_page() override {
    page = std::make_shared<int>(1);
    PageDoor door{"http://127.0.0.1:1/#t", page};
    page_alive = page;
    page.reset();
    return door;
  }

  bool drained = false;
  std::function<void(const ReloadOutcome&)> reloaded;
  std::shared_ptr<int> page;
  std::weak_ptr<int> page_alive;

 private:
  struct NoParts final : SessionParts {
    Result<std::unique_ptr<ConnectionFactory>> make_factory(const SessionConfig&) override {
      return failure(ErrorKind::internal, "no sessions here");
    }
    std::unique_ptr<Secret> open_secret(const SessionConfig&, const SecretRef&) override {
      return nullptr;
    }
    const JarParts& jar_parts() override { std::abort(); }
    std::shared_ptr<SessionMetrics> metrics(const SessionConfig&) override { return nullptr; }
  };

  FakeLoop& loop_;
  NoParts parts_;
  std::shared_ptr<SessionTable> table_ =
      SessionTable::create(loop_, parts_, std::make_shared<const Config>()).value();
  RecentExchanges recent_;
};

class AdminConnectionTest : public testing::Test {
 protected:
  AdminConnectionTest() {
    door_.arrival.unix_socket = true;
    set_.accept(peer_.transport(), door_);
    loop_.run();
  }
  ~AdminConnectionTest() override {
    set_.close_all();
    loop_.run();
  }

  // What came back since the last look: its status and its body.
  int status() {
    loop_.run();
    answer_ = peer_.take_received();
    return answer_.starts_with("HTTP/1.1 ") ? std::stoi(answer_.substr(9, 3)) : 0;
  }
  std::string body() const {
    const size_t end = answer_.find("\r\n\r\n");
    return end == std::string::npos ? "" : answer_.substr(end + 4);
  }

  FakeLoop loop_;
  FakePeer peer_{loop_};
  FakeHost host_{loop_};
  AdminHandler handler_{static_cast<AdminHost&>(host_)};
  AdminDoor door_;
  AdminSet set_{loop_, handler_};
  std::string answer_;
};

TEST_F(AdminConnectionTest, AnswersOneRequestAfterTheOther) {
  peer_.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(body(), "ok\n");
  peer_.send("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(body(), "");
  EXPECT_NE(answer_.find("Content-Length: 7"), std::string::npos);
  EXPECT_EQ(set_.size(), 1u);
}

TEST_F(AdminConnectionTest, ByteByByteItIsTheSame) {
  peer_.send_byte_by_byte(
      "POST /drain HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: 2\r\n\r\n{}");
  EXPECT_EQ(status(), 202);
  EXPECT_TRUE(host_.drained);
}

TEST_F(AdminConnectionTest, WhatIsPipelinedIsAnsweredInOrder) {
  peer_.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status(), 200);
  EXPECT_NE(answer_.find("HTTP/1.1 404 "), std::string::npos);
}

TEST_F(AdminConnectionTest, AnAnswerMayComeLaterAndTheNextRequestWaitsForIt) {
  peer_.send("POST /reload HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n");
  peer_.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status(), 0);
  ReloadOutcome outcome;
  outcome.errors = {"trunkd.yaml:3:1: a mistake"};
  host_.reloaded(outcome);
  EXPECT_EQ(status(), 422);
  EXPECT_NE(answer_.find("a mistake"), std::string::npos);
  EXPECT_NE(answer_.find("HTTP/1.1 200 "), std::string::npos);
}

TEST_F(AdminConnectionTest, AnAnswerForSomebodyWhoHasLeftIsDropped) {
  peer_.send("POST /reload HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n");
  peer_.fail(ErrorKind::connection_terminated);
  loop_.run();
  EXPECT_EQ(set_.size(), 0u);
  host_.reloaded({});
  loop_.run();
}

TEST_F(AdminConnectionTest, AClientThatHasSentItsEndGetsItsAnswer) {
  peer_.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
  peer_.end();
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(set_.size(), 0u);
}

TEST_F(AdminConnectionTest, WhatThePageNeedsLivesAsLongAsTheConnection) {
  peer_.send("POST /page HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n");
  EXPECT_EQ(status(), 200);
  EXPECT_FALSE(host_.page_alive.expired());
  loop_.advance(24h);
  EXPECT_EQ(set_.size(), 1u) << "however long that is";
  peer_.end();
  loop_.run();
  EXPECT_TRUE(host_.page_alive.expired());
}

TEST_F(AdminConnectionTest, MalformedRequestsAreAnsweredAndTheConnectionEnds) {
  peer_.send("GET /livez HTTP/1.1\r\nHost : x\r\n\r\n");
  EXPECT_EQ(status(), 400);
  EXPECT_TRUE(peer_.shut_down());
}

TEST_F(AdminConnectionTest, ABodyThatIsTooLongIsRefusedBeforeItIsRead) {
  peer_.send(
      "POST /drain HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: 5000000\r\n\r\n");
  EXPECT_EQ(status(), 413);
  EXPECT_TRUE(peer_.shut_down());
  EXPECT_FALSE(host_.drained);
}

TEST_F(AdminConnectionTest, SoIsOneOfUnknownLength) {
  peer_.send(
      "POST /drain HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "100000\r\n" + std::string(0x100000, 'x') + "\r\n";
  for (int i = 0; i < 5; ++i) peer_.send(chunk);
  EXPECT_EQ(status(), 413);
  EXPECT_FALSE(host_.drained);
}

TEST_F(AdminConnectionTest, OnlyPostHasABody) {
  peer_.send("GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_EQ(status(), 400);
  EXPECT_TRUE(peer_.shut_down());
}

TEST_F(AdminConnectionTest, WhoNeedsNoTokenMaySendLittle) {
  door_.kind = AdminDoor::Kind::page;
  peer_.send(
      "POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: 5000\r\n\r\n");
  EXPECT_EQ(status(), 413);
}

TEST_F(AdminConnectionTest, NobodyIsShutOutByManyAtAnotherDoor) {
  AdminDoor other;
  other.arrival.unix_socket = true;
  std::vector<std::unique_ptr<FakePeer>> many;
  for (size_t i = 0; i <= AdminSet::kMost; ++i) {
    many.push_back(std::make_unique<FakePeer>(loop_));
    set_.accept(many.back()->transport(), other);
  }
  loop_.run();
  EXPECT_TRUE(many.back()->closed());
  peer_.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status(), 200);
  set_.close_of(other);
  loop_.run();
}

TEST_F(AdminConnectionTest, NobodyIsWaitedForForever) {
  peer_.send("GET /li");
  loop_.advance(61s);
  EXPECT_EQ(set_.size(), 0u);
  EXPECT_TRUE(peer_.closed());
}

TEST_F(AdminConnectionTest, UnknownMethodsAndPathsSayWhatThereIs) {
  peer_.send("DELETE /sessions HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status(), 405);
  peer_.send("GET /drain HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status(), 405);
  EXPECT_NE(answer_.find("Allow: POST"), std::string::npos);
  peer_.send("GET /sessions/x HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status(), 404);
  EXPECT_NE(body().find("there is no session \\\"x\\\""), std::string::npos);
}

TEST_F(AdminConnectionTest, ABodyThatIsNoJsonObjectIsRefused) {
  peer_.send(
      "POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: 3\r\n\r\n[1]");
  EXPECT_EQ(status(), 400);
}

TEST_F(AdminConnectionTest, AOneTimeTokenIsExchangedOnce) {
  door_.token = "lasting";
  door_.one_time = "once";
  const std::string exchange =
      "POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: 16\r\n\r\n{\"token\":\"once\"}";
  peer_.send(exchange);
  EXPECT_EQ(status(), 200);
  EXPECT_NE(body().find("lasting"), std::string::npos);
  peer_.send(exchange);
  EXPECT_EQ(status(), 403);
}

}  // namespace
}  // namespace trunkd
