// The queue: its length, its time, new connections on demand, replays.

#include <array>
#include <gtest/gtest.h>

#include "pool_fixture.h"

namespace trunkd {
namespace {

LeaseTerms with_queue_max(size_t max) {
  LeaseTerms terms;
  terms.timeout = 30s;
  terms.queue_max = max;
  return terms;
}

TEST_F(ConnectionPoolTest, AFullQueueRefusesAtOnce) {
  std::array<FakeExchange, 5> exchanges;
  for (size_t i = 0; i < 4; ++i) EXPECT_TRUE(ask(exchanges[i], a_, with_queue_max(2))) << i;
  EXPECT_FALSE(ask(exchanges[4], a_, with_queue_max(2)));
  EXPECT_EQ(now().waiting, 4U);
}

TEST_F(ConnectionPoolTest, WithoutAQueueARequestStillOpensAConnectionInAFreeSlot) {
  FakeExchange first, second, third;
  EXPECT_TRUE(enqueue(first, a_, with_queue_max(0)));
  EXPECT_TRUE(enqueue(second, a_, with_queue_max(0)));
  EXPECT_FALSE(enqueue(third, a_, with_queue_max(0)));
  loop_.run();
  EXPECT_EQ(now().connecting, 2U);
}

TEST_F(ConnectionPoolTest, WithoutAQueueAnIdleConnectionToAnotherOriginIsRoomEnough) {
  FakeExchange first, second, other, full;
  open_for(first);
  open_for(second);
  release(first);
  EXPECT_TRUE(ask(other, b_, with_queue_max(0)));
  EXPECT_FALSE(ask(full, c_, with_queue_max(0)));
}

TEST_F(ConnectionPoolTest, WithoutAQueueAConnectionGivenBackInThisEventIsRoomEnough) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange first, pipelined;
  open_for(first);
  first.release();
  EXPECT_TRUE(enqueue(pipelined, a_, with_queue_max(0)));
  loop_.run();
  EXPECT_TRUE(pipelined.lease);
}

TEST_F(ConnectionPoolTest, TheQueueIsCountedOverAllOrigins) {
  change({.connections = 4, .connections_per_origin = 1});
  FakeExchange a1, b1, a2, b2, c1;
  open_for(a1, a_);
  open_for(b1, b_);
  EXPECT_TRUE(ask(a2, a_, with_queue_max(1)));
  EXPECT_FALSE(ask(b2, b_, with_queue_max(1))) << "a2 is in the queue already";
  EXPECT_TRUE(ask(c1, c_, with_queue_max(1))) << "it needs no place there";
}

TEST_F(ConnectionPoolTest, WhoLeavesMakesAPlaceInTheQueue) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange first, second, third;
  open_for(first);
  EXPECT_TRUE(ask(second, a_, with_queue_max(1)));
  EXPECT_FALSE(ask(third, a_, with_queue_max(1)));
  second.give_up();
  EXPECT_TRUE(ask(third, a_, with_queue_max(1)));
}

TEST_F(ConnectionPoolTest, ASecondTryIsNeverRefusedForAFullQueue) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange first, second;
  open_for(first);
  LeaseTerms again = with_queue_max(0);
  again.front = true;
  EXPECT_TRUE(ask(second, a_, again));
}

TEST_F(ConnectionPoolTest, ARequestWaitsNoLongerThanItsTime) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange first, second;
  open_for(first);
  ask(second);
  loop_.advance(29s + 999ms);
  EXPECT_TRUE(second.waiting());
  loop_.advance(1ms);
  EXPECT_EQ(second.error, ErrorKind::queue_timeout);
  EXPECT_EQ(now().waiting, 0U);
}

TEST_F(ConnectionPoolTest, EachRequestHasItsOwnTime) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange holder, hasty, patient, endless;
  open_for(holder);
  LeaseTerms how = terms();
  how.timeout = 1h;
  ask(patient, a_, how);
  how.timeout = 5ms;
  ask(hasty, a_, how);
  how.timeout = 0s;
  ask(endless, a_, how);
  loop_.advance(5ms);
  EXPECT_TRUE(hasty.error);
  loop_.advance(1h);
  EXPECT_TRUE(patient.error);
  loop_.advance(24h);
  EXPECT_TRUE(endless.waiting());
}

TEST_F(ConnectionPoolTest, TimeInTheQueueDoesNotEndWhileAConnectionIsBeingOpenedForTheRequest) {
  LeaseTerms how = terms();
  how.timeout = 10ms;
  FakeExchange first;
  ask(first, a_, how);
  loop_.advance(2s);
  EXPECT_TRUE(first.waiting()) << "the connect has a limit of its own";
  finish_open();
  EXPECT_TRUE(first.lease);
}

TEST_F(ConnectionPoolTest, WhoWantsANewConnectionGetsNoOther) {
  FakeExchange first, replay;
  open_for(first);
  LeaseTerms how = terms();
  how.freshness = Freshness::new_only;
  enqueue(replay, a_, how);
  loop_.run();
  release(first);
  EXPECT_TRUE(replay.waiting());
  EXPECT_EQ(now().idle, 1U);
  finish_open();
  ASSERT_TRUE(replay.lease);
  EXPECT_FALSE(replay.lease->reused());
}

TEST_F(ConnectionPoolTest, WhoWantsANewConnectionGetsTheSlotOfAnIdleOneAtTheLimit) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange first, replay;
  open_for(first);
  release(first);
  LeaseTerms how = terms();
  how.freshness = Freshness::new_only;
  enqueue(replay, a_, how);
  loop_.run();
  EXPECT_EQ(now().idle, 0U);
  finish_open();
  EXPECT_TRUE(replay.lease);
}

TEST_F(ConnectionPoolTest, AnIdleConnectionIsNotTakenFromUnderOneWhoNeedsItsSlot) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange first, replay;
  open_for(first);
  release(first);
  LeaseTerms how = terms();
  how.freshness = Freshness::new_only;
  enqueue(replay, a_, how);
  EXPECT_FALSE(pool_->try_acquire(a_));
}

TEST_F(ConnectionPoolTest, ThoseWhoTakeAnyConnectionPassOneWhoWantsANewOne) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange holder, replay, usual;
  open_for(holder);
  LeaseTerms how = terms();
  how.freshness = Freshness::new_only;
  how.front = true;
  ask(replay, a_, how);
  ask(usual, a_);
  release(holder);
  EXPECT_TRUE(usual.lease);
  release(usual);
  EXPECT_EQ(now().connecting, 1U) << "nobody else wants the old one, so it makes room";
  finish_open();
  EXPECT_TRUE(replay.lease);
}

TEST_F(ConnectionPoolTest, AReplayTakesTheSlotOfItsDeadConnectionBeforeAllWhoWait) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange first, waiting;
  open_for(first);
  ask(waiting, a_, terms(0));
  first.connection().usable = false;
  first.request.emplace(first, a_, terms());
  Lease dead = std::move(*first.lease);
  first.lease.reset();
  pool_->reopen(std::move(dead), *first.request);
  EXPECT_EQ(factory_.connections.size(), 1U) << "it may be on the stack";
  loop_.run();
  EXPECT_TRUE(factory_.connections.empty());
  EXPECT_EQ(now().connecting, 1U);

  finish_open();

  ASSERT_TRUE(first.lease);
  EXPECT_FALSE(first.lease->reused());
  EXPECT_TRUE(waiting.waiting());
}

TEST_F(ConnectionPoolTest, AReplayThatCannotConnectHearsWhy) {
  FakeExchange first, waiting;
  open_for(first);
  first.request.emplace(first, a_, terms());
  pool_->reopen(std::move(*std::exchange(first.lease, std::nullopt)), *first.request);
  loop_.run();
  ask(waiting);
  fail_open(0);
  EXPECT_EQ(first.error, ErrorKind::connection_refused);
  EXPECT_TRUE(waiting.waiting());
}

TEST_F(ConnectionPoolTest, AReplayThatIsGivenUpLeavesItsConnectToThoseWhoWait) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange first, waiting;
  open_for(first);
  first.request.emplace(first, a_, terms());
  pool_->reopen(std::move(*std::exchange(first.lease, std::nullopt)), *first.request);
  loop_.run();
  ask(waiting);
  first.give_up();
  finish_open();
  EXPECT_TRUE(waiting.lease);
}

}  // namespace
}  // namespace trunkd
