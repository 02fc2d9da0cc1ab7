#include "net/tcp_race.h"

#include <gtest/gtest.h>
#include <map>
#include <optional>

#include "support/fake_loop.h"
#include "support/fake_transport.h"

namespace trunkd {
namespace {

Addresses these_addresses(const std::vector<std::string>& texts) {
  Addresses all;
  for (const std::string& text : texts) all.push_back(*SocketAddress::parse(text, 80));
  return all;
}

std::string in_words(const Addresses& all) {
  std::string text;
  for (const SocketAddress& address : all) text += (text.empty() ? "" : " ") + address.host();
  return text;
}

class TcpRaceTest : public testing::Test {
 protected:
  using Connected = std::function<void(Result<std::unique_ptr<Transport>>)>;

  // An attempt that the test ends; given up when it is destroyed.
  struct FakeConnect final : TcpConnect {
    FakeConnect(std::map<std::string, Connected>& all, std::string host)
        : running(all), name(std::move(host)) {}
    ~FakeConnect() override { running.erase(name); }
    std::map<std::string, Connected>& running;
    const std::string name;
  };

  void start(const std::vector<std::string>& texts) {
    race_.start(these_addresses(texts),
                [this](auto result) { outcome_.emplace(std::move(result)); });
    EXPECT_FALSE(outcome_);
  }
  std::string running() const {
    std::string text;
    for (const auto& [host, done] : running_) text += (text.empty() ? "" : " ") + host;
    return text;
  }
  void connects(const std::string& host) {
    const Connected done = running_.at(host);
    done(peer_.transport());
  }
  void fails(const std::string& host, ErrorKind kind = ErrorKind::connection_refused) {
    const Connected done = running_.at(host);
    done(failure(kind, "connecting to " + host));
  }

  FakeLoop loop_;
  FakePeer peer_{loop_};
  std::map<std::string, Connected> running_;
  std::optional<Result<TcpRace::Winner>> outcome_;
  TcpRace race_{loop_, [this](const SocketAddress& address, Connected done) {
                  running_[address.host()] = std::move(done);
                  return std::make_unique<FakeConnect>(running_, address.host());
                }};
};

TEST_F(TcpRaceTest, TheNextAttemptBeginsBesideTheFirstAfter250Milliseconds) {
  start({"192.0.2.1", "192.0.2.2", "192.0.2.3"});
  loop_.advance(249ms);
  EXPECT_EQ(running(), "192.0.2.1");
  loop_.advance(1ms);
  EXPECT_EQ(running(), "192.0.2.1 192.0.2.2");
  loop_.advance(250ms);
  EXPECT_EQ(running(), "192.0.2.1 192.0.2.2 192.0.2.3");
  EXPECT_EQ(race_.pending(), "192.0.2.1:80, 192.0.2.2:80, 192.0.2.3:80");
}

TEST_F(TcpRaceTest, TheFirstThatConnectsWinsAndTheOthersAreGivenUp) {
  start({"192.0.2.1", "192.0.2.2", "192.0.2.3"});
  loop_.advance(250ms);
  connects("192.0.2.2");
  ASSERT_TRUE(outcome_ && *outcome_);
  EXPECT_EQ((*outcome_)->address.text(), "192.0.2.2:80");
  EXPECT_EQ(running(), "");
  loop_.advance(10s);
  EXPECT_EQ(running(), "");
}

TEST_F(TcpRaceTest, AFailureStartsTheNextAttemptAtOnceWith250MillisecondsOfItsOwn) {
  start({"192.0.2.1", "192.0.2.2", "192.0.2.3"});
  loop_.advance(200ms);
  fails("192.0.2.1");
  EXPECT_EQ(running(), "192.0.2.2");
  loop_.advance(249ms);
  EXPECT_EQ(running(), "192.0.2.2");
  loop_.advance(1ms);
  EXPECT_EQ(running(), "192.0.2.2 192.0.2.3");
}

TEST_F(TcpRaceTest, WhenTheLastOneBeganBecauseOfAFailureThereIsNoFurther) {
  start({"192.0.2.1", "192.0.2.2"});
  loop_.advance(10ms);
  fails("192.0.2.1");
  loop_.advance(10s);
  EXPECT_EQ(running(), "192.0.2.2");
  EXPECT_EQ(running_.size(), 1u);
  connects("192.0.2.2");
  EXPECT_TRUE(outcome_ && *outcome_);
}

TEST_F(TcpRaceTest, ALateFailureOfTheFirstDoesNotEndTheRace) {
  start({"192.0.2.1", "192.0.2.2"});
  loop_.advance(250ms);
  fails("192.0.2.1");
  EXPECT_FALSE(outcome_);
  EXPECT_EQ(race_.pending(), "192.0.2.2:80");
  connects("192.0.2.2");
  EXPECT_TRUE(outcome_ && *outcome_);
}

TEST_F(TcpRaceTest, OfAllErrorsTheOneThatSaysMostIsTold) {
  start({"2001:db8::1", "192.0.2.1", "192.0.2.2"});
  fails("2001:db8::1", ErrorKind::connect_failed);  // the machine has no IPv6
  fails("192.0.2.1", ErrorKind::connection_refused);
  EXPECT_FALSE(outcome_);
  fails("192.0.2.2", ErrorKind::connect_failed);
  ASSERT_TRUE(outcome_ && !*outcome_);
  EXPECT_EQ(outcome_->error().kind, ErrorKind::connection_refused);
  EXPECT_EQ(outcome_->error().detail, "connecting to 192.0.2.1; 2 other addresses failed too");
}

TEST_F(TcpRaceTest, TheErrorOfTheOnlyAddressIsToldAsItIs) {
  start({"192.0.2.1"});
  fails("192.0.2.1");
  EXPECT_EQ(outcome_->error().detail, "connecting to 192.0.2.1");
}

TEST_F(TcpRaceTest, AStoppedRaceAnswersNothing) {
  start({"192.0.2.1", "192.0.2.2"});
  race_.stop();
  loop_.advance(1s);
  EXPECT_EQ(running(), "");
  EXPECT_FALSE(outcome_);
}

TEST(OrderOfAttemptsTest, FamiliesTakeTurnsBeginningWithTheSystemsChoice) {
  EXPECT_EQ(in_words(order_of_attempts(these_addresses({"2001:db8::1", "2001:db8::2", "2001:db8::3",
                                                        "192.0.2.1", "192.0.2.2"}),
                                       std::nullopt)),
            "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 2001:db8::3");
  EXPECT_EQ(in_words(order_of_attempts(these_addresses({"192.0.2.1", "192.0.2.2", "2001:db8::1"}),
                                       std::nullopt)),
            "192.0.2.1 2001:db8::1 192.0.2.2");
}

TEST(OrderOfAttemptsTest, ThePreferredAddressComesFirstIfItIsStillThere) {
  const Addresses all = these_addresses({"2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2"});
  EXPECT_EQ(in_words(order_of_attempts(all, *SocketAddress::parse("192.0.2.2", 0))),
            "192.0.2.2 2001:db8::1 192.0.2.1 2001:db8::2");
  EXPECT_EQ(in_words(order_of_attempts(all, *SocketAddress::parse("192.0.2.9", 0))),
            "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2");
}

TEST(OrderOfAttemptsTest, AnAddressIsTriedOnce) {
  EXPECT_EQ(in_words(order_of_attempts(
                these_addresses({"192.0.2.1", "192.0.2.1", "::1", "192.0.2.1"}), std::nullopt)),
            "192.0.2.1 ::1");
}

}  // namespace
}  // namespace trunkd
