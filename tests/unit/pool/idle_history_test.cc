#include "pool/idle_history.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

class IdleHistoryTest : public testing::Test {
 protected:
  Duration proven() const { return history_.proven(now_); }
  Duration longest() const { return history_.longest_idle(now_); }
  void close_after(Duration idle) {
    now_ += 2s;
    history_.closed_after(idle, now_);
  }
  void fail_after(Duration idle) {
    now_ += 2s;
    history_.failed_after(idle, now_);
  }
  void learn_limit(Duration idle) {
    for (int i = 0; i < 3; ++i) close_after(idle);
  }

  SteadyTime now_{1h};
  IdleHistory history_;
};

TEST_F(IdleHistoryTest, TwoSecondsAreTrustedAtFirstAndNoLimitIsKnown) {
  EXPECT_EQ(proven(), 2s);
  EXPECT_EQ(longest(), Duration::max());
}

TEST_F(IdleHistoryTest, WhatWasSurvivedIsProvenButNoMoreThanTwiceAtOnce) {
  history_.carried_after(3s);
  EXPECT_EQ(proven(), 3300ms);
  history_.carried_after(50s);
  EXPECT_EQ(proven(), 6600ms);
  history_.carried_after(1s);
  EXPECT_EQ(proven(), 6600ms);
}

TEST_F(IdleHistoryTest, ARequestEveryFiveSecondsIsTrustedAfterAFewConnectionsThatStayedOpen) {
  history_.open_after(5s, now_);
  EXPECT_LT(proven(), 5s);
  history_.open_after(5s, now_);
  EXPECT_GT(proven(), 5s);
}

TEST_F(IdleHistoryTest, AHintIsTrustedLessAMargin) {
  history_.hinted(60s);
  EXPECT_EQ(longest(), 59s);
  EXPECT_EQ(proven(), 59s);
  history_.hinted(1s);
  EXPECT_EQ(longest(), 750ms);
  EXPECT_EQ(proven(), 750ms) << "less than at first: the origin knows better";
}

TEST_F(IdleHistoryTest, AFailureHalvesWhatIsProven) {
  history_.carried_after(4s);  // 4 s
  fail_after(3s);
  EXPECT_EQ(proven(), 1500ms);
  for (int i = 0; i < 10; ++i) fail_after(1s);
  EXPECT_EQ(proven(), 50ms);
}

TEST_F(IdleHistoryTest, ARestartThatMeetsManyRequestsIsOneFailure) {
  history_.carried_after(4s);  // 4 s
  for (int i = 0; i < 8; ++i) {
    history_.failed_after(3s, now_);
    now_ += 20ms;
  }
  EXPECT_EQ(proven(), 1500ms);
  history_.failed_after(1s, now_);
  EXPECT_EQ(proven(), 500ms) << "the shortest of them counts";
}

TEST_F(IdleHistoryTest, AFailureWithoutAnyIdlenessSaysNothingOfIt) {
  history_.failed_after(0s, now_);
  EXPECT_EQ(proven(), 2s);
  history_.open_after(3s, now_);
  EXPECT_GT(proven(), 2s) << "nor does it bring doubt";
}

TEST_F(IdleHistoryTest, AfterAFailureNeitherSilenceNorAHintProvesAnythingForAWhile) {
  history_.hinted(60s);
  history_.failed_after(10s, now_);
  EXPECT_EQ(proven(), 5s);
  history_.open_after(20s, now_);
  EXPECT_EQ(proven(), 5s);
  history_.carried_after(8s);
  EXPECT_EQ(proven(), 8800ms) << "an answer does";
  now_ += 10min;
  EXPECT_EQ(proven(), 59s);
}

TEST_F(IdleHistoryTest, ThreeClosesAfterAboutTheSameTimeAreALimit) {
  close_after(10s);
  close_after(10500ms);
  EXPECT_EQ(longest(), Duration::max());
  close_after(11s);
  EXPECT_EQ(longest(), 9s);
}

TEST_F(IdleHistoryTest, ClosesAtOneMomentAreOne) {
  for (int i = 0; i < 8; ++i) history_.closed_after(10s, now_);
  EXPECT_EQ(longest(), Duration::max()) << "it may just have been restarted";
  close_after(10s);
  close_after(10s);
  EXPECT_EQ(longest(), 9s);
}

TEST_F(IdleHistoryTest, ClosesAtRandomAreNone) {
  for (const Duration idle : {Duration(300ms), Duration(2s), Duration(1s), Duration(2900ms)}) {
    close_after(idle);
    EXPECT_EQ(longest(), Duration::max());
  }
}

TEST_F(IdleHistoryTest, ALimitHoldsBackWhatIsProvenToo) {
  learn_limit(1s);
  EXPECT_EQ(longest(), 750ms);
  EXPECT_EQ(proven(), 750ms);
}

TEST_F(IdleHistoryTest, ALimitIsSlowlyForgotten) {
  learn_limit(5s);
  EXPECT_EQ(longest(), 4s);
  now_ += 5min;
  EXPECT_EQ(longest(), 6s);
  now_ += 5min;
  EXPECT_EQ(longest(), 8s);
}

TEST_F(IdleHistoryTest, AnOriginThatClosesLongBeforeItsLimitHasNone) {
  learn_limit(5s);
  close_after(1s);
  EXPECT_EQ(longest(), Duration::max());
}

}  // namespace
}  // namespace trunkd
