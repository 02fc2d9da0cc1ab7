// The limits, and what happens to a connection: opened, reused, evicted, lost.

#include <array>
#include <gtest/gtest.h>

#include "pool_fixture.h"

namespace trunkd {
namespace {

TEST_F(ConnectionPoolTest, OpensAConnectionForTheFirstRequest) {
  FakeExchange first;
  EXPECT_TRUE(ask(first));
  EXPECT_EQ(now().connecting, 1U);
  EXPECT_FALSE(first.lease);

  finish_open();

  ASSERT_TRUE(first.lease);
  EXPECT_FALSE(first.lease->reused());
  EXPECT_EQ(now().leased, 1U);
}

TEST_F(ConnectionPoolTest, GivesAnIdleConnectionAtOnce) {
  FakeExchange first;
  open_for(first);
  release(first);
  EXPECT_EQ(now().idle, 1U);

  const auto lease = pool_->try_acquire(a_);

  ASSERT_TRUE(lease);
  EXPECT_TRUE(lease->reused());
  EXPECT_EQ(factory_.open_count(), 1U);
  EXPECT_EQ(now().reused, 1U);
}

TEST_F(ConnectionPoolTest, ARequestThatJoinsTheQueueTakesAnIdleConnectionToo) {
  FakeExchange first, second;
  open_for(first);
  release(first);

  EXPECT_TRUE(enqueue(second, a_, terms()));
  EXPECT_TRUE(second.waiting()) << "never answered from inside enqueue()";
  loop_.run();

  EXPECT_TRUE(second.lease);
  EXPECT_EQ(now().opened, 1U);
}

TEST_F(ConnectionPoolTest, NeverOpensMoreThanItsLimit) {
  std::array<FakeExchange, 5> exchanges;
  for (auto& exchange : exchanges) EXPECT_TRUE(ask(exchange));
  EXPECT_EQ(factory_.open_count(), 2U);
  finish_open();
  finish_open();
  EXPECT_EQ(factory_.open_count(), 2U);
  EXPECT_EQ(now().waiting, 3U);
}

TEST_F(ConnectionPoolTest, OpensNoMoreConnectionsThanRequestsWait) {
  change({.connections = 20, .connections_per_origin = 20});
  std::array<FakeExchange, 3> exchanges;
  for (auto& exchange : exchanges) ask(exchange);
  EXPECT_EQ(now().connecting, 3U);
}

TEST_F(ConnectionPoolTest, ObeysTheLimitOfOneOriginWhileOthersHaveRoom) {
  change({.connections = 3, .connections_per_origin = 1});
  FakeExchange first, second, other;
  open_for(first, a_);
  ask(second, a_);
  EXPECT_EQ(now().connecting, 0U);
  ask(other, b_);
  EXPECT_EQ(now().connecting, 1U);
}

TEST_F(ConnectionPoolTest, AReturnedConnectionServesAWaiterWhoseOwnConnectIsStillPending) {
  FakeExchange first, second;
  open_for(first);
  ask(second);
  EXPECT_EQ(now().connecting, 1U);

  release(first);

  ASSERT_TRUE(second.lease);
  EXPECT_TRUE(second.lease->reused());
  EXPECT_EQ(now().connecting, 1U);
}

TEST_F(ConnectionPoolTest, AConnectionWhoseWaiterHasLeftStaysAsIdle) {
  FakeExchange first;
  ask(first);
  first.give_up();
  finish_open();
  EXPECT_EQ(now().idle, 1U);
  EXPECT_EQ(now().waiting, 0U);

  const auto lease = pool_->try_acquire(a_);
  ASSERT_TRUE(lease);
  EXPECT_FALSE(lease->reused()) << "it has carried nothing yet";
}

TEST_F(ConnectionPoolTest, TheNewestIdleConnectionIsUsedFirst) {
  FakeExchange first, second;
  open_for(first);
  open_for(second);
  FakeConnection& older = first.connection();
  FakeConnection& newer = second.connection();
  release(first);
  release(second);
  EXPECT_EQ(&pool_->try_acquire(a_)->connection(), &newer);
  loop_.run();
  auto taken = pool_->try_acquire(a_);
  EXPECT_EQ(&taken->connection(), &newer) << "given back, it is the newest again";
  EXPECT_EQ(&pool_->try_acquire(a_)->connection(), &older);
}

TEST_F(ConnectionPoolTest, AnIdleConnectionToAnotherOriginMakesRoomAtTheTotalLimit) {
  FakeExchange first, second, other;
  open_for(first);
  loop_.advance(1s);
  open_for(second);
  FakeConnection& newest = second.connection();
  release(first);
  loop_.advance(1s);
  release(second);

  ask(other, b_);

  EXPECT_EQ(factory_.connections.size(), 1U);
  EXPECT_EQ(factory_.connections.front(), &newest) << "the one that would end first has gone";
  EXPECT_EQ(now().connecting, 1U);
}

TEST_F(ConnectionPoolTest, AConnectThatNobodyWaitsForAnyMoreMakesRoomToo) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange gone, other;
  ask(gone, a_);
  gone.give_up();
  ask(other, b_);
  ASSERT_EQ(factory_.pending.size(), 1U);
  EXPECT_EQ(factory_.pending.front()->origin, b_);
}

TEST_F(ConnectionPoolTest, AConnectionInUseIsNotClosedForAnotherOrigin) {
  FakeExchange first, second, other;
  open_for(first);
  open_for(second);
  ask(other, b_);
  EXPECT_EQ(now().leased, 2U);
  EXPECT_EQ(now().connecting, 0U);

  release(first);

  EXPECT_EQ(factory_.connections.size(), 1U);
  ASSERT_EQ(factory_.pending.size(), 1U);
  EXPECT_EQ(factory_.pending.front()->origin, b_);
}

TEST_F(ConnectionPoolTest, AnIdleConnectionThatDiesLeavesAtOnce) {
  FakeExchange first;
  open_for(first);
  release(first);
  factory_.connections.front()->die();
  EXPECT_EQ(now().idle, 0U);
  EXPECT_FALSE(pool_->try_acquire(a_));
  EXPECT_EQ(factory_.connections.size(), 1U) << "not destroyed while it is on the stack";
  loop_.run();
  EXPECT_TRUE(factory_.connections.empty());
  EXPECT_TRUE(pool_->empty());
}

TEST_F(ConnectionPoolTest, AConnectionThatDiesTwiceInOneEventLeavesOnce) {
  FakeExchange first;
  open_for(first);
  release(first);
  factory_.connections.front()->die();
  factory_.connections.front()->die();
  loop_.run();
  EXPECT_TRUE(pool_->empty());
}

TEST_F(ConnectionPoolTest, AnIdleConnectionFoundUnusableIsPassedOver) {
  FakeExchange first, second;
  open_for(first);
  open_for(second);
  FakeConnection& good = first.connection();
  release(first);
  release(second);
  factory_.connections.back()->usable = false;  // it has not noticed yet that it should say so

  const auto lease = pool_->try_acquire(a_);

  ASSERT_TRUE(lease);
  EXPECT_EQ(&lease->connection(), &good);
  loop_.run();
  EXPECT_EQ(factory_.connections.size(), 1U);
}

TEST_F(ConnectionPoolTest, AConnectionThatComesBackUnusableIsClosedAndReplaced) {
  FakeExchange first, second, third;
  open_for(first);
  open_for(second);
  ask(third);
  first.connection().usable = false;
  release(first);
  EXPECT_FALSE(third.lease);
  EXPECT_EQ(now().connecting, 1U);
  finish_open();
  ASSERT_TRUE(third.lease);
  EXPECT_FALSE(third.lease->reused());
}

TEST_F(ConnectionPoolTest, AReturnedConnectionCountsUntilItIsLookedAt) {
  FakeExchange first;
  open_for(first);
  first.connection().usable = false;
  first.release();
  EXPECT_EQ(now().leased, 1U);
  EXPECT_EQ(now().total(), 1U);
  loop_.run();
  EXPECT_EQ(now().total(), 0U);
}

TEST_F(ConnectionPoolTest, AnIdleConnectionIsClosedWhenItsTimeIsOver) {
  FakeExchange first;
  open_for(first);
  release(first);
  loop_.advance(29s);
  EXPECT_EQ(now().idle, 1U);
  loop_.advance(1s);
  EXPECT_TRUE(pool_->empty());
}

TEST_F(ConnectionPoolTest, EachUseBeginsTheIdleTimeAnew) {
  FakeExchange first;
  open_for(first);
  release(first);
  for (int i = 0; i < 5; ++i) {
    loop_.advance(20s);
    const auto lease = pool_->try_acquire(a_);
    EXPECT_TRUE(lease);
  }
  loop_.run();
  EXPECT_EQ(now().opened, 1U);
}

TEST_F(ConnectionPoolTest, ConnectionsOpenedTogetherDoNotEndTogether) {
  constexpr size_t kMany = 50;
  change({.connections = kMany, .connections_per_origin = kMany, .idle_timeout = 0s});
  {
    std::array<FakeExchange, kMany> exchanges;
    for (auto& exchange : exchanges) open_for(exchange);
  }
  loop_.run();
  EXPECT_EQ(now().idle, kMany);
  loop_.advance(7min + 29s);
  EXPECT_EQ(now().idle, kMany) << "at most a quarter below the age";
  size_t most_at_once = 0;
  while (!pool_->empty()) {
    const size_t before = now().idle;
    loop_.advance(3s);
    most_at_once = std::max(most_at_once, before - now().idle);
  }
  EXPECT_LE(most_at_once, 3U);
}

TEST_F(ConnectionPoolTest, AConnectionPastItsAgeIsClosedWhenItComesBack) {
  FakeExchange first;
  open_for(first);
  loop_.advance(10min);
  release(first);
  EXPECT_TRUE(pool_->empty());
}

TEST_F(ConnectionPoolTest, AConnectionPastItsAgeIsNotGivenToAWaiter) {
  change({.connections = 1, .connections_per_origin = 1, .max_age = 10s});
  FakeExchange first, second;
  open_for(first);
  ask(second);
  loop_.advance(10s);
  release(first);
  EXPECT_TRUE(second.waiting());
  finish_open();
  ASSERT_TRUE(second.lease);
  EXPECT_FALSE(second.lease->reused());
}

TEST_F(ConnectionPoolTest, AConnectionEndsAfterItsLastAllowedExchange) {
  settings_.max_requests = 2;
  change(settings_);
  FakeExchange first, second;
  open_for(first);
  release(first);
  ASSERT_TRUE(ask(second));
  ASSERT_TRUE(second.lease);
  release(second);
  EXPECT_TRUE(pool_->empty());
}

TEST_F(ConnectionPoolTest, OneRequestHearsOfAFailedConnectAndTheNextIsTriedForTheOthers) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange first, second;
  ask(first);
  ask(second);
  fail_open();
  EXPECT_EQ(first.error, ErrorKind::connection_refused);
  EXPECT_TRUE(second.waiting());
  EXPECT_EQ(now().connecting, 1U);
  finish_open();
  EXPECT_TRUE(second.lease);
}

TEST_F(ConnectionPoolTest, NobodyHearsOfAFailedConnectWhenOthersAreEnough) {
  FakeExchange first, second;
  ask(first);
  ask(second);
  first.give_up();
  fail_open();
  EXPECT_TRUE(second.waiting());
  finish_open();
  EXPECT_TRUE(second.lease);
  EXPECT_EQ(now().open_failed, 1U);
}

TEST_F(ConnectionPoolTest, AConnectionThatComesBackInTheSameEventSavesTheOneWhoWouldHearTheError) {
  FakeExchange first, second;
  open_for(first);
  ask(second);
  factory_.fail();
  first.release();
  loop_.run();
  EXPECT_TRUE(second.lease);
  EXPECT_FALSE(second.error);
}

TEST_F(ConnectionPoolTest, RaisedLimitsOpenForThoseWhoWait) {
  std::array<FakeExchange, 4> exchanges;
  for (auto& exchange : exchanges) ask(exchange);
  EXPECT_EQ(now().connecting, 2U);
  change({.connections = 3, .connections_per_origin = 3});
  EXPECT_EQ(now().connecting, 3U);
}

TEST_F(ConnectionPoolTest, LoweredLimitsCloseIdleConnectionsNowAndOthersAsTheyComeBack) {
  change({.connections = 4, .connections_per_origin = 4});
  std::array<FakeExchange, 4> exchanges;
  for (auto& exchange : exchanges) open_for(exchange);
  release(exchanges[0]);

  change({.connections = 1, .connections_per_origin = 1});

  EXPECT_EQ(now().total(), 3U);
  release(exchanges[1]);
  release(exchanges[2]);
  EXPECT_EQ(now().total(), 1U);
  release(exchanges[3]);
  EXPECT_EQ(now().idle, 1U);
}

TEST_F(ConnectionPoolTest, AChangedIdleTimeCountsForConnectionsThatAreIdleAlready) {
  FakeExchange first;
  open_for(first);
  release(first);
  loop_.advance(10s);
  settings_.idle_timeout = 5s;
  change(settings_);
  EXPECT_TRUE(pool_->empty());
}

TEST_F(ConnectionPoolTest, ForgetsOriginsItHasNothingFor) {
  change({.connections = 1, .connections_per_origin = 1});
  for (int i = 0; i < 100; ++i) {
    FakeExchange exchange;
    open_for(exchange, {Scheme::http, "host" + std::to_string(i) + ".example", 80});
    exchange.release();
    loop_.run();
    EXPECT_EQ(pool_->origin_count(), 1U);
  }
  loop_.advance(1min);
  EXPECT_EQ(pool_->origin_count(), 0U);
}

}  // namespace
}  // namespace trunkd
