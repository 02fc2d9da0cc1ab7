// Who comes first: front, urgency, arrival, and fairness between origins.

#include <array>
#include <gtest/gtest.h>
#include <string>

#include "pool_fixture.h"

namespace trunkd {
namespace {

// One connection, taken by holder_; those who ask wait, and order() frees it for one after another.
class PoolOrderTest : public ConnectionPoolTest {
 protected:
  void SetUp() override {
    change({.connections = 1, .connections_per_origin = 1});
    open_for(holder_);
  }

  void ask_as(char name, const LeaseTerms& terms) {
    FakeExchange& exchange = waiting_[count_++];
    exchange.on_answer = [this, &exchange, name] {
      order_ += name;
      exchange.release();
    };
    ask(exchange, a_, terms);
  }

  std::string order() {
    release(holder_);
    return order_;
  }

  FakeExchange holder_;
  std::array<FakeExchange, 8> waiting_;
  size_t count_ = 0;
  std::string order_;
};

TEST_F(PoolOrderTest, FirstComeFirstServed) {
  for (const char name : {'1', '2', '3', '4'}) ask_as(name, terms());
  EXPECT_EQ(order(), "1234");
}

TEST_F(PoolOrderTest, TheMoreUrgentFirst) {
  ask_as('7', terms(7));
  ask_as('3', terms(3));
  ask_as('0', terms(0));
  ask_as('2', terms(2));
  EXPECT_EQ(order(), "0237");
}

TEST_F(PoolOrderTest, EqualUrgencyInTheOrderOfArrival) {
  ask_as('a', terms(5));
  ask_as('b', terms(1));
  ask_as('c', terms(5));
  ask_as('d', terms(1));
  EXPECT_EQ(order(), "bdac");
}

TEST_F(PoolOrderTest, TheSecondTryOfARequestComesBeforeAll) {
  LeaseTerms front = terms(7);
  front.front = true;
  ask_as('0', terms(0));
  ask_as('x', front);
  ask_as('y', front);
  EXPECT_EQ(order(), "xy0");
}

TEST_F(PoolOrderTest, WhoWaitsLongerCountsHigherUntilTheLeastUrgentComesBeforeTheMost) {
  ask_as('7', terms(7));
  loop_.advance(13s);
  ask_as('0', terms(0));
  loop_.advance(2s);
  ask_as('1', terms(1));
  ask_as('o', terms(0));
  EXPECT_EQ(order(), "07o1");
}

TEST_F(PoolOrderTest, UrgenciesOutOfRangeCountAsTheNearest) {
  ask_as('a', terms(99));
  ask_as('b', terms(7));
  ask_as('c', terms(-5));
  EXPECT_EQ(order(), "cab");
}

using PoolFairnessTest = ConnectionPoolTest;

TEST_F(PoolFairnessTest, AFreeSlotGoesToTheOriginWhoseNextRequestCameFirst) {
  change({.connections = 3, .connections_per_origin = 3});
  FakeExchange slow, a1, a2, b1, b2;
  open_for(slow, c_);
  enqueue(a1, a_, terms());
  enqueue(b1, b_, terms());
  enqueue(a2, a_, terms());
  enqueue(b2, b_, terms());
  loop_.run();
  ASSERT_EQ(factory_.pending.size(), 2U);
  EXPECT_EQ(factory_.pending[0]->origin, a_);
  EXPECT_EQ(factory_.pending[1]->origin, b_) << "a1 is promised one, and b1 came before a2";
}

TEST_F(PoolFairnessTest, AReturnedConnectionServesItsOwnOriginBeforeAnotherThatCameEarlier) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange holder, other, same;
  open_for(holder, a_);
  ask(other, b_);
  ask(same, a_);
  release(holder);
  EXPECT_TRUE(same.lease);
  EXPECT_TRUE(other.waiting());
}

TEST_F(PoolFairnessTest, ABusyOriginYieldsToOneThatHasWaitedHalfItsTime) {
  std::array<FakeExchange, 40> busy;
  open_for(busy[0], a_);
  open_for(busy[1], a_);
  FakeExchange quiet;
  ask(quiet, b_);
  size_t next = 2;
  for (; !quiet.lease && next < busy.size(); ++next) {
    loop_.advance(1s);
    ask(busy[next], a_);
    release(busy[next - 2]);
    if (!factory_.pending.empty()) finish_open();
  }
  ASSERT_TRUE(quiet.lease);
  EXPECT_EQ(next - 2, 15U) << "seconds: half of the time it would wait";
  EXPECT_EQ(factory_.connections.size(), 2U);
}

TEST_F(PoolFairnessTest, NoConnectionIsClosedForAnOriginThatHasAsMany) {
  FakeExchange a1, a2, b1, b2;
  open_for(a1, a_);
  open_for(b1, b_);
  ask(b2, b_);
  loop_.advance(20s);
  ask(a2, a_);
  release(a1);
  EXPECT_TRUE(a2.lease) << "b2 will have the connection of b1";
  EXPECT_EQ(now().opened, 2U);
}

TEST_F(PoolFairnessTest, AConnectionIsNotClosedForAFairnessThatAFreeSlotGives) {
  change({.connections = 3, .connections_per_origin = 2});
  FakeExchange a1, a2, a3, b1;
  open_for(a1, a_);
  open_for(a2, a_);
  ask(b1, b_);
  loop_.advance(20s);
  ask(a3, a_);
  release(a1);
  EXPECT_TRUE(a3.lease);
  EXPECT_EQ(factory_.connections.size(), 2U);
}

}  // namespace
}  // namespace trunkd
