// What an operator says to a pool: retire all, make ready; and what it shows.

#include "unit/pool/pool_fixture.h"

namespace trunkd {
namespace {

class PoolVerbsTest : public ConnectionPoolTest {};

TEST_F(PoolVerbsTest, RetiringClosesIdleConnectionsAndOthersAsTheyComeBack) {
  FakeExchange idle, busy;
  open_for(idle);
  open_for(busy);
  release(idle);
  pool_->retire_all();
  loop_.run();
  EXPECT_EQ(now().idle, 0u);
  EXPECT_EQ(now().leased, 1u);
  EXPECT_TRUE(busy.lease) << "its exchange goes on";
  release(busy);
  EXPECT_EQ(now().total(), 0u);
}

TEST_F(PoolVerbsTest, AfterRetiringWhoWaitsGetsANewConnectionAndNobodyFails) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange busy, waiting;
  open_for(busy);
  ASSERT_TRUE(ask(waiting));
  pool_->retire_all();
  release(busy);
  ASSERT_EQ(factory_.pending.size(), 1u);
  finish_open();
  ASSERT_TRUE(waiting.lease);
  EXPECT_FALSE(waiting.lease->reused());
  EXPECT_EQ(now().opened, 2u);
}

TEST_F(PoolVerbsTest, RetiringAsksAnewHowOriginsAreReached) {
  FakeExchange busy;
  open_for(busy);
  pool_->retire_all();
  EXPECT_EQ(factory_.renewed, std::vector<Origin>{a_});
  release(busy);
}

TEST_F(PoolVerbsTest, NobodyGetsARetiredConnectionWithinTheSameEvent) {
  FakeExchange first, next;
  open_for(first);
  release(first);
  pool_->retire_all();
  EXPECT_FALSE(pool_->try_acquire(a_, terms()));
}

TEST_F(PoolVerbsTest, OneThatIsBeingOpenedIsGivenUpForAnother) {
  FakeExchange exchange;
  ASSERT_TRUE(ask(exchange));
  size_t opened_anew = 0;
  factory_.on_open = [&](const Origin&) { ++opened_anew; };
  pool_->retire_all();
  loop_.run();
  EXPECT_EQ(opened_anew, 1u);
  ASSERT_EQ(factory_.pending.size(), 1u) << "the other is given up";
  finish_open();
  ASSERT_TRUE(exchange.lease);
  release(exchange);
  EXPECT_EQ(now().idle, 1u);
}

TEST_F(PoolVerbsTest, ConnectionsOpenedLaterStay) {
  pool_->retire_all();
  loop_.run();
  FakeExchange exchange;
  open_for(exchange);
  release(exchange);
  EXPECT_EQ(now().idle, 1u);
}

TEST_F(PoolVerbsTest, MakingReadyOpensAsManyAsTheLimitsAllow) {
  pool_->make_ready(a_, 5);
  loop_.run();
  EXPECT_EQ(factory_.pending.size(), 2u);
  finish_open();
  finish_open();
  EXPECT_EQ(now().idle, 2u);
  EXPECT_EQ(now().total(), 2u);
}

TEST_F(PoolVerbsTest, WhatIsReadyIsNotOpenedAgain) {
  FakeExchange exchange;
  open_for(exchange);
  release(exchange);
  pool_->make_ready(a_, 1);
  loop_.run();
  EXPECT_TRUE(factory_.pending.empty());
}

TEST_F(PoolVerbsTest, OneThatCannotBeOpenedIsNobodysError) {
  pool_->make_ready(a_, 1);
  loop_.run();
  fail_open();
  EXPECT_EQ(now().total(), 0u);
  EXPECT_EQ(pool_->origin_count(), 0u);
}

TEST_F(PoolVerbsTest, EveryConnectionIsShownInItsState) {
  FakeExchange busy, idle;
  open_for(busy);
  open_for(idle, b_);
  release(idle);
  loop_.advance(3s);
  size_t seen = 0;
  for (const ConnectionView& view : pool_->connections()) {
    ++seen;
    const bool is_idle = *view.origin == b_;
    EXPECT_EQ(view.state, is_idle ? ConnectionView::State::idle : ConnectionView::State::busy);
    EXPECT_NE(view.connection, nullptr);
    EXPECT_EQ(view.uses, 1u);
    EXPECT_EQ(loop_.now() - view.opened_at, 3s);
  }
  EXPECT_EQ(seen, 2u);
  EXPECT_EQ(pool_->origins().size(), 2u);
}

TEST_F(PoolVerbsTest, OneThatIsBeingOpenedIsShownWithoutAConnection) {
  FakeExchange waiting;
  ASSERT_TRUE(ask(waiting));
  const auto views = pool_->connections();
  ASSERT_EQ(views.size(), 1u);
  EXPECT_EQ(views[0].state, ConnectionView::State::connecting);
  EXPECT_EQ(views[0].connection, nullptr);
  EXPECT_EQ(pool_->origins().at(0).waiting, 1u);
  EXPECT_EQ(pool_->origins().at(0).connecting, 1u);
  EXPECT_EQ(pool_->origins().at(0).busy, 0u);
}

}  // namespace
}  // namespace trunkd
