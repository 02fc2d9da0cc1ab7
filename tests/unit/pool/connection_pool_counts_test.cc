// What the pool counts: connections that are no more by the reason, requests that got none, and how
// long the oldest has waited.

#include <gtest/gtest.h>

#include "model_gate.h"
#include "pool_fixture.h"

namespace trunkd {
namespace {

class PoolCountsTest : public ConnectionPoolTest {
 protected:
  // One connection was closed so far, for this.
  void expect_closed_for(CloseReason reason) {
    EXPECT_EQ(now().closed.of(reason), 1u);
    EXPECT_EQ(now().closed.all(), 1u);
    EXPECT_EQ(now().opened, now().closed.all() + now().open);
  }
  void expect_rejected(Rejection reason, uint64_t times = 1) {
    EXPECT_EQ(now().rejected.of(reason), times);
    EXPECT_EQ(now().rejected.all(), times);
  }
  void leave_idle() {
    FakeExchange exchange;
    open_for(exchange);
    release(exchange);
  }
};

TEST_F(PoolCountsTest, AConnectionEndsForIdleness) {
  leave_idle();
  loop_.advance(31s);
  expect_closed_for(CloseReason::idle);
}

TEST_F(PoolCountsTest, AConnectionEndsForItsAgeWhileItIsIdle) {
  change({.connections = 2, .connections_per_origin = 2, .idle_timeout = 0s, .max_age = 10s});
  leave_idle();
  loop_.advance(11s);
  expect_closed_for(CloseReason::age);
}

TEST_F(PoolCountsTest, AConnectionEndsForItsAgeWhenItComesBack) {
  change({.connections = 2, .connections_per_origin = 2, .max_age = 10s});
  FakeExchange exchange;
  open_for(exchange);
  loop_.advance(11s);
  release(exchange);
  expect_closed_for(CloseReason::age);
}

TEST_F(PoolCountsTest, AConnectionEndsAfterItsLastAllowedRequest) {
  change({.connections = 2, .connections_per_origin = 2, .max_requests = 1});
  leave_idle();
  expect_closed_for(CloseReason::requests);
}

TEST_F(PoolCountsTest, TheOriginEndsAnIdleOne) {
  leave_idle();
  factory_.connections[0]->die();
  EXPECT_EQ(now().opened, now().closed.all() + now().open) << "also before the pool has looked";
  loop_.run();
  expect_closed_for(CloseReason::ended_idle);
}

TEST_F(PoolCountsTest, WhatItSaysOfItselfCountsForOneThatComesBack) {
  for (const CloseReason reason : {CloseReason::broken, CloseReason::said_close}) {
    FakeExchange exchange;
    open_for(exchange);
    exchange.connection().usable = false;
    exchange.connection().reason = reason;
    release(exchange);
    EXPECT_EQ(now().closed.of(reason), 1u);
  }
}

TEST_F(PoolCountsTest, OneWhoseOriginHasLeftTheAddressIsRetired) {
  leave_idle();
  FakeConnection& connection = *factory_.connections[0];
  connection.usable = false;
  connection.idle_listener->on_idle_connection_lost(connection, IdleEnd::by_us);
  loop_.run();
  expect_closed_for(CloseReason::retired);
}

TEST_F(PoolCountsTest, OneThatWasDeadBeforeItsRequestIsStale) {
  leave_idle();
  FakeExchange exchange;
  ASSERT_TRUE(ask(exchange));
  exchange.connection().usable = false;
  exchange.request.emplace(exchange, a_, terms());
  Lease dead = std::move(*exchange.lease);
  exchange.lease.reset();
  pool_->reopen(std::move(dead), *exchange.request);
  loop_.run();
  expect_closed_for(CloseReason::stale);
  finish_open();
  ASSERT_TRUE(exchange.lease);
  expect_closed_for(CloseReason::stale);
}

TEST_F(PoolCountsTest, AnIdleOneMakesRoomForAnotherOrigin) {
  change({.connections = 1, .connections_per_origin = 1});
  leave_idle();
  FakeExchange other;
  ASSERT_TRUE(ask(other, b_));
  expect_closed_for(CloseReason::made_room);
}

TEST_F(PoolCountsTest, LoweredLimitsCloseWhatIsTooMuch) {
  FakeExchange first, second;
  open_for(first);
  open_for(second);
  release(first);
  change({.connections = 1, .connections_per_origin = 1});
  expect_closed_for(CloseReason::over_limit);
}

TEST_F(PoolCountsTest, ADrainClosesTheIdleOnesAndThoseThatComeBack) {
  FakeExchange first, second;
  open_for(first);
  open_for(second);
  release(first);
  pool_->drain();
  loop_.run();
  EXPECT_EQ(now().closed.of(CloseReason::drained), 1u);
  release(second);
  EXPECT_EQ(now().closed.of(CloseReason::drained), 2u);
  EXPECT_EQ(now().opened, now().closed.all());
}

TEST_F(PoolCountsTest, WhatWasOnlyBeingOpenedIsNeitherOpenedNorClosed) {
  FakeExchange exchange;
  ASSERT_TRUE(ask(exchange));
  exchange.give_up();
  pool_->drain();
  loop_.run();
  EXPECT_EQ(now().opened, 0u);
  EXPECT_EQ(now().closed.all(), 0u);
}

TEST_F(PoolCountsTest, AFullQueueRejects) {
  FakeExchange first, second, third;
  LeaseTerms impatient = terms();
  impatient.queue_max = 0;
  ASSERT_TRUE(ask(first));
  ASSERT_TRUE(ask(second));
  EXPECT_FALSE(ask(third, a_, impatient));
  expect_rejected(Rejection::queue_full);
}

TEST_F(PoolCountsTest, ATimeoutInTheQueueRejects) {
  FakeExchange first, second, third;
  open_for(first);
  open_for(second);
  ASSERT_TRUE(ask(third));
  loop_.advance(31s);
  ASSERT_EQ(third.error, ErrorKind::queue_timeout);
  expect_rejected(Rejection::queue_timeout);
}

TEST_F(PoolCountsTest, APauseThatIsTooLongRejectsWhoComesAndWhoWaits) {
  ModelBucket bucket(1s, 1, loop_.now());
  ModelGate gate(bucket);
  LeaseTerms gated = terms();
  gated.gate = &gate;
  FakeExchange waiting, late;
  gate.paused_until = loop_.now() + 10s;
  ASSERT_TRUE(ask(waiting, a_, gated));
  gate.paused_until = loop_.now() + 60s;
  pool_->gate_changed(gate);
  loop_.run();
  ASSERT_EQ(waiting.error, ErrorKind::paused);
  EXPECT_FALSE(ask(late, a_, gated));
  expect_rejected(Rejection::pause, 2);
}

TEST_F(PoolCountsTest, ARateThatIsTooSlowRejects) {
  ModelBucket bucket(60s, 1, loop_.now());
  ModelGate gate(bucket);
  LeaseTerms gated = terms();
  gated.gate = &gate;
  FakeExchange first, second;
  ASSERT_TRUE(ask(first, a_, gated));
  finish_open();
  EXPECT_FALSE(ask(second, a_, gated));
  expect_rejected(Rejection::rate);
}

TEST_F(PoolCountsTest, AnOriginThatFailsRejectsWhoWouldNeedAConnection) {
  for (size_t i = 0; i < OriginHealth::kPatience; ++i) {
    FakeExchange exchange;
    ASSERT_TRUE(ask(exchange));
    fail_open();
  }
  EXPECT_EQ(now().rejected.all(), 0u) << "those failed, and were not rejected";
  FakeExchange exchange;
  ask(exchange);
  expect_rejected(Rejection::failing);
}

TEST_F(PoolCountsTest, ADrainRejectsWhoWaitsAndWhoComes) {
  FakeExchange first, second;
  ASSERT_TRUE(ask(first));
  pool_->drain();
  loop_.run();
  ask(second);
  expect_rejected(Rejection::draining, 2);
}

TEST_F(PoolCountsTest, TheOldestIsWhoHasWaitedLongestWhateverItsUrgency) {
  FakeExchange first, second, third, fourth;
  open_for(first);
  open_for(second);
  EXPECT_EQ(now().oldest_wait, 0s);
  ASSERT_TRUE(ask(third, a_, terms(7)));
  loop_.advance(3s);
  ASSERT_TRUE(ask(fourth, a_, terms(0)));
  loop_.advance(1s);
  EXPECT_EQ(now().oldest_wait, 4s);
  release(first);
  ASSERT_TRUE(fourth.lease) << "the urgent one is served first";
  EXPECT_EQ(now().oldest_wait, 4s);
  release(second);
  EXPECT_EQ(now().oldest_wait, 0s);
}

TEST_F(PoolCountsTest, WhoIsHeldAtAGateCountsAsWaiting) {
  ModelBucket bucket(1s, 1, loop_.now());
  ModelGate gate(bucket);
  gate.paused_until = loop_.now() + 10s;
  LeaseTerms gated = terms();
  gated.gate = &gate;
  FakeExchange exchange;
  ASSERT_TRUE(ask(exchange, a_, gated));
  loop_.advance(2s);
  EXPECT_EQ(now().oldest_wait, 2s);
  exchange.give_up();
}

}  // namespace
}  // namespace trunkd
