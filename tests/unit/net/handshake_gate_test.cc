#include "net/handshake_gate.h"

#include <gtest/gtest.h>

#include "support/test_loop.h"

namespace trunkd {
namespace {

class HandshakeGateTest : public LoopTest {
 protected:
  std::unique_ptr<HandshakeGate::Wait> wait(int& turns, Duration at_most = 5s) {
    return gate_.wait(loop_, "a", loop_.now() + at_most, [&] { ++turns; });
  }
  HandshakeGate gate_;
};

TEST_F(HandshakeGateTest, OthersWaitWhileTheFirstGoesAndThenAllGo) {
  EXPECT_FALSE(gate_.should_wait("a"));
  auto lead = gate_.lead(loop_, "a");
  ASSERT_TRUE(lead);
  EXPECT_FALSE(gate_.lead(loop_, "a"));
  EXPECT_TRUE(gate_.should_wait("a"));
  EXPECT_FALSE(gate_.should_wait("b"));
  int turns = 0;
  const auto one = wait(turns);
  const auto two = wait(turns);
  run_what_is_ready();
  EXPECT_EQ(turns, 0);
  lead.reset();
  EXPECT_EQ(turns, 0);  // never from inside
  run_what_is_ready();
  EXPECT_EQ(turns, 2);
  EXPECT_FALSE(gate_.should_wait("a"));
}

TEST_F(HandshakeGateTest, NobodyWaitsLongerThanItsTime) {
  const auto lead = gate_.lead(loop_, "a");
  int turns = 0;
  const auto impatient = wait(turns, 2ms);
  run_until([&] { return turns == 1; });
}

TEST_F(HandshakeGateTest, AfterTheHandshakeTheTicketIsAwaitedForAShortTime) {
  const auto lead = gate_.lead(loop_, "a");
  lead->expect_ticket_until(loop_.now() + 2ms);
  int turns = 0;
  const auto one = wait(turns);
  run_until([&] { return turns == 1; });
}

TEST_F(HandshakeGateTest, AnOriginWithoutSessionsIsNotWaitedForAgain) {
  auto lead = gate_.lead(loop_, "a");
  lead->release_for_good();
  const auto next = gate_.lead(loop_, "a");
  EXPECT_TRUE(next);
  EXPECT_FALSE(gate_.should_wait("a"));
}

TEST_F(HandshakeGateTest, OneWhoLeavesHasNoTurnAlsoWithinAnothersTurn) {
  auto lead = gate_.lead(loop_, "a");
  int turns = 0;
  std::unique_ptr<HandshakeGate::Wait> second;
  const auto first = gate_.wait(loop_, "a", loop_.now() + 5s, [&] {
    ++turns;
    second.reset();
  });
  second = wait(turns);
  auto third = wait(turns);
  third.reset();
  lead.reset();
  run_what_is_ready();
  EXPECT_EQ(turns, 1);
}

}  // namespace
}  // namespace trunkd
