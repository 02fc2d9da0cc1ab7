// Deferred calls and deferred destruction: in order, once, and safe against their own effects.

#include "base/task_queue.h"

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "support/fake_loop.h"

namespace trunkd {
namespace {

// Writes its letter into a string when it is destroyed, and may do more.
class Mark : public Disposable {
 public:
  Mark(std::string& out, char letter, std::function<void()> then = {})
      : out_(out), letter_(letter), then_(std::move(then)) {}
  ~Mark() override {
    out_ += letter_;
    if (then_) then_();
  }

 private:
  std::string& out_;
  char letter_;
  std::function<void()> then_;
};

class TaskQueueTest : public ::testing::Test {
 protected:
  DeferredCall call(char letter) {
    return DeferredCall(loop_, [this, letter] { order_ += letter; });
  }
  void dispose(char letter, std::function<void()> then = {}) {
    loop_.dispose(std::make_unique<Mark>(order_, letter, std::move(then)));
  }

  FakeLoop loop_;
  std::string order_;
};

TEST_F(TaskQueueTest, CallsRunLaterInTheOrderTheyWereScheduled) {
  DeferredCall a = call('a'), b = call('b'), c = call('c');
  b.schedule();
  c.schedule();
  a.schedule();
  EXPECT_EQ(order_, "");

  loop_.run();

  EXPECT_EQ(order_, "bca");
  EXPECT_FALSE(loop_.has_deferred());
}

TEST_F(TaskQueueTest, SeveralSchedulesBeforeTheCallAreOne) {
  DeferredCall a = call('a');
  a.schedule();
  a.schedule();
  EXPECT_TRUE(a.scheduled());

  loop_.run();
  EXPECT_EQ(order_, "a");
  EXPECT_FALSE(a.scheduled());

  a.schedule();
  loop_.run();
  EXPECT_EQ(order_, "aa");
}

TEST_F(TaskQueueTest, ACancelledCallDoesNotRunWhereverItStandsInTheQueue) {
  DeferredCall a = call('a'), b = call('b'), c = call('c'), d = call('d');
  for (DeferredCall* each : {&a, &b, &c, &d}) each->schedule();
  b.cancel();  // in the middle
  a.cancel();  // first
  d.cancel();  // last
  d.cancel();  // twice

  loop_.run();

  EXPECT_EQ(order_, "c");
}

TEST_F(TaskQueueTest, DestroyingACallCancelsIt) {
  DeferredCall a = call('a');
  {
    DeferredCall b = call('b');
    a.schedule();
    b.schedule();
  }
  loop_.run();
  EXPECT_EQ(order_, "a");
}

TEST_F(TaskQueueTest, WhatACallSchedulesRunsInTheSameRound) {
  DeferredCall b = call('b');
  DeferredCall a(loop_, [&] {
    order_ += 'a';
    b.schedule();
  });
  a.schedule();

  loop_.run();

  EXPECT_EQ(order_, "ab");
}

TEST_F(TaskQueueTest, ACallMayScheduleItselfAgain) {
  int left = 3;
  std::optional<DeferredCall> a;
  a.emplace(loop_, [&] {
    order_ += 'a';
    if (--left > 0) a->schedule();
  });
  a->schedule();

  loop_.run();

  EXPECT_EQ(order_, "aaa");
}

TEST_F(TaskQueueTest, ACallMayDestroyItselfAndTheOneBehindIt) {
  std::optional<DeferredCall> a, b;
  a.emplace(loop_, [&] {
    order_ += 'a';
    b.reset();
    a.reset();
  });
  b.emplace(loop_, [&] { order_ += 'b'; });
  DeferredCall c = call('c');
  a->schedule();
  b->schedule();
  c.schedule();

  loop_.run();

  EXPECT_EQ(order_, "ac");
}

TEST_F(TaskQueueTest, ADisposedObjectLivesUntilTheEventIsOver) {
  dispose('x');
  EXPECT_EQ(order_, "");
  EXPECT_TRUE(loop_.has_deferred());

  loop_.run();

  EXPECT_EQ(order_, "x");
}

TEST_F(TaskQueueTest, ObjectsAreDestroyedBeforeTheNextCallRuns) {
  DeferredCall b = call('b');
  DeferredCall a(loop_, [&] {
    order_ += 'a';
    dispose('x');
  });
  a.schedule();
  b.schedule();

  loop_.run();

  EXPECT_EQ(order_, "axb");
}

TEST_F(TaskQueueTest, ADestructorMayDisposeOfMoreAndScheduleAndCancelCalls) {
  DeferredCall a = call('a'), b = call('b');
  a.schedule();
  dispose('x', [&] {
    dispose('y');
    a.cancel();
    b.schedule();
  });

  loop_.run();

  EXPECT_EQ(order_, "xyb");
}

TEST_F(TaskQueueTest, DisposingOfNothingIsNothing) {
  loop_.dispose(nullptr);
  EXPECT_FALSE(loop_.has_deferred());
}

// A loop sleeps unless it is told: exactly once for each time the queue stops being empty.
TEST(TaskQueueWakeTest, SaysWhenItIsNoLongerEmpty) {
  class Queue : public TaskQueue {
   public:
    int woken = 0;

   private:
    void on_work_queued() override { ++woken; }
  } queue;
  DeferredCall a(queue, [] {}), b(queue, [] {});

  a.schedule();
  b.schedule();
  queue.dispose(std::make_unique<Disposable>());
  EXPECT_EQ(queue.woken, 1);

  queue.run_deferred();
  queue.dispose(std::make_unique<Disposable>());
  a.schedule();
  EXPECT_EQ(queue.woken, 2);

  queue.run_deferred();
}

}  // namespace
}  // namespace trunkd
