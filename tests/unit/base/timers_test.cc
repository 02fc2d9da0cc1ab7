// Timers: due in order, moved, stopped and destroyed at any time.

#include "base/timers.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "support/fake_loop.h"

namespace trunkd {
namespace {

class TimersTest : public ::testing::Test {
 protected:
  std::unique_ptr<Timer> timer(std::string name) {
    return std::make_unique<Timer>(loop_, [this, name] { fired_.push_back(name); });
  }
  void start(Timer& timer, Duration delay) { timer.start_at(loop_.now() + delay); }

  FakeLoop loop_;
  std::vector<std::string> fired_;
  using Names = std::vector<std::string>;
};

TEST_F(TimersTest, FiresOnceAndNotBeforeItsTime) {
  const auto a = timer("a");
  start(*a, 5s);

  loop_.advance(5s - 1us);
  EXPECT_TRUE(fired_.empty());
  EXPECT_TRUE(a->running());

  loop_.advance(1us);
  EXPECT_EQ(fired_, Names({"a"}));
  EXPECT_FALSE(a->running());

  loop_.advance(1h);
  EXPECT_EQ(fired_.size(), 1u);
}

TEST_F(TimersTest, FireInTheOrderTheyAreDueWhateverTheOrderTheyWereStartedIn) {
  const auto a = timer("a"), b = timer("b"), c = timer("c");
  start(*c, 3s);
  start(*a, 1s);
  start(*b, 2s);

  loop_.advance(1min);

  EXPECT_EQ(fired_, Names({"a", "b", "c"}));
}

TEST_F(TimersTest, ATimeInThePastIsDueNow) {
  const auto a = timer("a");
  a->start_at(loop_.now() - 1s);

  loop_.advance(0s);

  EXPECT_EQ(fired_, Names({"a"}));
}

TEST_F(TimersTest, AStoppedOneNeverFires) {
  const auto a = timer("a");
  start(*a, 1s);
  a->stop();

  loop_.advance(1min);

  EXPECT_TRUE(fired_.empty());
  EXPECT_FALSE(loop_.has_timers());
}

TEST_F(TimersTest, MovedBackItFiresAtTheLaterTime) {
  const auto a = timer("a");
  start(*a, 1s);
  start(*a, 10s);

  loop_.advance(9s);
  EXPECT_TRUE(fired_.empty());
  loop_.advance(1s);
  EXPECT_EQ(fired_, Names({"a"}));
}

TEST_F(TimersTest, MovedForwardItFiresAtTheEarlierTime) {
  const auto a = timer("a");
  start(*a, 10s);
  start(*a, 1s);

  loop_.advance(1s);

  EXPECT_EQ(fired_, Names({"a"}));
  loop_.advance(1min);
  EXPECT_EQ(fired_.size(), 1u);
}

TEST_F(TimersTest, StoppedAndStartedAgainItKnowsOnlyTheNewTime) {
  const auto a = timer("a");
  start(*a, 1s);
  a->stop();
  start(*a, 3s);

  loop_.advance(2s);
  EXPECT_TRUE(fired_.empty());
  loop_.advance(1s);
  EXPECT_EQ(fired_, Names({"a"}));
}

TEST_F(TimersTest, DestroyingOneCancelsItAndLeavesTheOthersInOrder) {
  std::vector<std::unique_ptr<Timer>> timers;
  for (int i = 0; i < 10; ++i) {
    timers.push_back(timer(std::to_string(i)));
    start(*timers.back(), i * 1s);
  }
  timers[7].reset();
  timers[0].reset();
  timers[3].reset();

  loop_.advance(1min);

  EXPECT_EQ(fired_, Names({"1", "2", "4", "5", "6", "8", "9"}));
}

TEST_F(TimersTest, MayStartItselfAgainFromItsOwnCall) {
  int count = 0;
  std::optional<Timer> tick;
  tick.emplace(loop_, [&] {
    ++count;
    tick->start_at(loop_.now() + 100ms);
  });
  tick->start_at(loop_.now() + 100ms);

  loop_.advance(1s);

  EXPECT_EQ(count, 10);
}

TEST_F(TimersTest, MayDestroyItselfAndOthersFromItsOwnCall) {
  auto victim = timer("victim");
  std::unique_ptr<Timer> killer;
  killer = std::make_unique<Timer>(loop_, [&] {
    victim.reset();
    killer.reset();
  });
  start(*killer, 1s);
  start(*victim, 1s);
  const auto after = timer("after");
  start(*after, 2s);

  loop_.advance(1min);

  EXPECT_EQ(fired_, Names({"after"}));
}

// Against a list that is searched from end to end.
TEST_F(TimersTest, ARandomWalkAgreesWithAPlainList) {
  std::mt19937 random(1);
  constexpr size_t kCount = 40;
  std::vector<std::optional<SteadyTime>> expected(kCount);
  std::vector<std::unique_ptr<Timer>> timers(kCount);
  size_t fired = 0;
  for (size_t i = 0; i < kCount; ++i) {
    timers[i] = std::make_unique<Timer>(loop_, [&, i] {
      ASSERT_TRUE(expected[i].has_value());
      EXPECT_EQ(*expected[i], loop_.now());
      for (const auto& other : expected) EXPECT_TRUE(!other || *other >= *expected[i]);
      expected[i].reset();
      ++fired;
    });
  }
  for (int step = 0; step < 20'000; ++step) {
    const size_t i = random() % kCount;
    switch (random() % 4) {
      case 0:
      case 1:
        expected[i] = loop_.now() + Duration(random() % 1000);
        timers[i]->start_at(*expected[i]);
        break;
      case 2:
        expected[i].reset();
        timers[i]->stop();
        break;
      case 3:
        loop_.advance(Duration(random() % 50));
        for (const auto& due : expected) EXPECT_TRUE(!due || *due > loop_.now());
        break;
    }
    for (size_t t = 0; t < kCount; ++t) EXPECT_EQ(timers[t]->running(), expected[t].has_value());
  }
  EXPECT_GT(fired, 1000u);
}

TEST(FakeLoopTest, WallTimePassesWithSteadyTimeUntilSomebodySetsIt) {
  FakeLoop loop;
  const WallTime start = loop.wall_now();
  loop.advance(90s);
  EXPECT_EQ(loop.wall_now() - start, 90s);

  loop.set_wall(start - 24h);
  const SteadyTime steady = loop.now();
  loop.advance(1s);
  EXPECT_EQ(loop.wall_now(), start - 24h + 1s);
  EXPECT_EQ(loop.now(), steady + 1s);
}

TEST(FakeLoopTest, DeferredWorkRunsBetweenTwoTimersThatAreDueAtDifferentTimes) {
  FakeLoop loop;
  std::string order;
  DeferredCall deferred(loop, [&] { order += 'd'; });
  Timer first(loop, [&] {
    order += '1';
    deferred.schedule();
  });
  Timer second(loop, [&] { order += '2'; });
  first.start_at(loop.now() + 1s);
  second.start_at(loop.now() + 2s);

  loop.advance(5s);

  EXPECT_EQ(order, "1d2");
}

}  // namespace
}  // namespace trunkd
