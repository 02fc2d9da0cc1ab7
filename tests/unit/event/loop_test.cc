#include "event/loop.h"

#include <gtest/gtest.h>
#include <thread>

#include "support/test_loop.h"

namespace trunkd {
namespace {

class EventLoopTest : public LoopTest {};

TEST_F(EventLoopTest, ATimerFiresWhenItsTimeHasComeAndNotBefore) {
  SteadyTime fired_at{};
  Timer timer(loop_, [&] { fired_at = loop_.now(); });
  const SteadyTime due = loop_.now() + 3ms;
  timer.start_at(due);
  run_until([&] { return fired_at != SteadyTime{}; });
  EXPECT_GE(fired_at, due);
}

TEST_F(EventLoopTest, AnEarlierTimerStartedLaterFiresFirst) {
  std::string order;
  Timer late(loop_, [&] { order += "late "; });
  Timer early(loop_, [&] { order += "early "; });
  late.start_at(loop_.now() + 6ms);
  loop_.run_once(loop_.now());
  early.start_at(loop_.now() + 2ms);
  run_until([&] { return order.size() > 8; });
  EXPECT_EQ(order, "early late ");
}

TEST_F(EventLoopTest, AStoppedTimerStaysSilent) {
  bool fired = false;
  Timer stopped(loop_, [&] { fired = true; });
  stopped.start_at(loop_.now() + 1ms);
  stopped.stop();
  bool later = false;
  Timer other(loop_, [&] { later = true; });
  other.start_at(loop_.now() + 3ms);
  run_until([&] { return later; });
  EXPECT_FALSE(fired);
}

TEST_F(EventLoopTest, ADeferredCallRunsBeforeTheLoopWaits) {
  bool called = false;
  DeferredCall call(loop_, [&] { called = true; });
  call.schedule();
  const SteadyTime start = loop_.now();
  loop_.run_once(start + 5s);
  EXPECT_TRUE(called);
  EXPECT_LT(loop_.now() - start, 4s);
}

TEST_F(EventLoopTest, WhatATimerDefersRunsInTheSameRound) {
  bool called = false;
  DeferredCall call(loop_, [&] { called = true; });
  Timer timer(loop_, [&] { call.schedule(); });
  timer.start_at(loop_.now());
  run_until([&] { return called; });
}

TEST_F(EventLoopTest, ADisposedObjectIsDestroyedAfterTheCurrentEvent) {
  struct Witness final : Disposable {
    explicit Witness(bool& flag) : gone(flag) {}
    ~Witness() override { gone = true; }
    bool& gone;
  };
  bool gone = false;
  bool gone_within = true;
  Timer timer(loop_, [&] {
    loop_.dispose(std::make_unique<Witness>(gone));
    gone_within = gone;
  });
  timer.start_at(loop_.now());
  run_until([&] { return gone; });
  EXPECT_FALSE(gone_within);
}

TEST_F(EventLoopTest, ACallPostedByAnotherThreadRunsOnTheLoop) {
  std::thread::id ran_on;
  std::thread other([&] { loop_.post([&] { ran_on = std::this_thread::get_id(); }); });
  run_until([&] { return ran_on != std::thread::id(); });
  other.join();
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST_F(EventLoopTest, RunGoesOnUntilItIsStopped) {
  int rounds = 0;
  Timer* again = nullptr;
  Timer timer(loop_, [&] {
    if (++rounds == 3) return loop_.stop();
    again->start_at(loop_.now() + 1ms);
  });
  again = &timer;
  timer.start_at(loop_.now());
  loop_.run();
  EXPECT_EQ(rounds, 3);
}

}  // namespace
}  // namespace trunkd
