#include "event/loop_lag.h"

#include <gtest/gtest.h>

#include "support/fake_loop.h"

namespace trunkd {
namespace {

class LoopLagTest : public testing::Test {
 protected:
  // Something keeps the loop busy: it comes to the timers so late.
  void be_late(Duration late) {
    Timer busy(loop_, [this, late] { loop_.stall(late); });
    busy.start_at(loop_.earliest() - 1us);
    loop_.advance(2 * LoopLag::kEvery);
  }

  FakeLoop loop_;
  LoopLag lag_{loop_};
};

TEST_F(LoopLagTest, AnIdleLoopIsNotLate) {
  loop_.advance(10s);
  EXPECT_GE(lag_.histogram().count(), 9u);
  EXPECT_EQ(lag_.recent_max(), 0s);
}

TEST_F(LoopLagTest, WhatKeepsTheLoopBusyIsSeenOnceAndRemembered) {
  be_late(300ms);
  EXPECT_GE(lag_.recent_max(), 299ms);
  EXPECT_LE(lag_.recent_max(), 300ms);
  EXPECT_EQ(lag_.histogram().counts()[9], 1u) << "of up to half a second";
  loop_.advance(50s);
  EXPECT_GE(lag_.recent_max(), 299ms);
  loop_.advance(2min);
  EXPECT_EQ(lag_.recent_max(), 0s);
}

TEST_F(LoopLagTest, TheMostOfTheWindowBeforeStillCounts) {
  loop_.advance(55s);
  be_late(300ms);
  loop_.advance(10s);  // another window
  be_late(20ms);
  EXPECT_GE(lag_.recent_max(), 299ms);
}

}  // namespace
}  // namespace trunkd
