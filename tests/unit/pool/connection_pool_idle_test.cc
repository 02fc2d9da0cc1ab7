// How long connections may be idle, for whom, and origins to which none can be opened.

#include "unit/pool/pool_fixture.h"

namespace trunkd {
namespace {

class ConnectionPoolIdleTest : public ConnectionPoolTest {
 protected:
  // Of a request that cannot be sent twice.
  static LeaseTerms proven() {
    LeaseTerms terms = ConnectionPoolTest::terms();
    terms.freshness = Freshness::proven;
    return terms;
  }

  // An idle connection to a_ that will have been so for `idle`.
  void leave_idle(Duration idle) {
    FakeExchange before;
    open_for(before);
    release(before);
    loop_.advance(idle);
  }

  void fail_once() {
    FakeExchange exchange;
    ASSERT_TRUE(ask(exchange));
    ASSERT_EQ(factory_.pending.size(), 1u);
    fail_open();
    ASSERT_TRUE(exchange.error);
    exchange.error.reset();
  }
};

TEST_F(ConnectionPoolIdleTest, WhatCannotBeSentTwiceGoesOnAConnectionThatWasIdleForAShortTime) {
  leave_idle(1900ms);
  FakeExchange post;
  ASSERT_TRUE(ask(post, a_, proven()));
  ASSERT_TRUE(post.lease);
  EXPECT_TRUE(post.lease->reused());
}

TEST_F(ConnectionPoolIdleTest, ElseOnANewOneAndTheIdleOneIsLeftToOthers) {
  leave_idle(2100ms);
  FakeExchange post, get;
  ASSERT_TRUE(ask(post, a_, proven()));
  EXPECT_FALSE(post.lease);
  EXPECT_EQ(factory_.pending.size(), 1u);
  ASSERT_TRUE(ask(get));
  ASSERT_TRUE(get.lease) << "though the other waits, and came first";
  EXPECT_TRUE(get.lease->reused());
  finish_open();
  ASSERT_TRUE(post.lease);
  EXPECT_FALSE(post.lease->reused());
}

TEST_F(ConnectionPoolIdleTest, AConnectionThatComesBackWillDo) {
  FakeExchange first, second, post;
  open_for(first);
  open_for(second);
  ASSERT_TRUE(ask(post, a_, proven()));
  release(first);
  ASSERT_TRUE(post.lease);
  EXPECT_TRUE(post.lease->reused());
}

TEST_F(ConnectionPoolIdleTest, AtTheLimitTheIdleOneMakesRoomForANewOne) {
  change({.connections = 1, .connections_per_origin = 1});
  leave_idle(5s);
  FakeExchange post;
  ASSERT_TRUE(ask(post, a_, proven()));
  finish_open();
  ASSERT_TRUE(post.lease);
  EXPECT_EQ(now().total(), 1u);
}

TEST_F(ConnectionPoolIdleTest, OnePostInFiveSecondsReusesItsConnectionAfterTheFirstFew) {
  change({.connections = 1, .connections_per_origin = 1});
  size_t reused = 0;
  for (int i = 0; i < 10; ++i) {
    FakeExchange post;
    ASSERT_TRUE(ask(post, a_, proven()));
    if (!post.lease) finish_open();
    ASSERT_TRUE(post.lease);
    if (post.lease->reused()) ++reused;
    release(post);
    loop_.advance(5s);
  }
  EXPECT_GE(reused, 7u);
}

TEST_F(ConnectionPoolIdleTest, ALostRequestHalvesTheTrust) {
  leave_idle(1s);
  FakeExchange post;
  ASSERT_TRUE(ask(post, a_, proven()));
  ASSERT_TRUE(post.lease);
  factory_.connections[0]->usable = false;
  post.lease->note_stale();
  release(post);
  EXPECT_EQ(now().stale, 1u);

  leave_idle(600ms);
  ASSERT_TRUE(ask(post, a_, proven()));
  EXPECT_FALSE(post.lease);
}

TEST_F(ConnectionPoolIdleTest, AConnectionThatGoesFromOneRequestToTheNextTeachesNothing) {
  change({.connections = 1, .connections_per_origin = 1});
  leave_idle(20s);
  FakeExchange first, second;
  ASSERT_TRUE(ask(first));
  first.lease->note_carried();  // 4 s are proven
  ASSERT_TRUE(ask(second));
  release(first);
  ASSERT_TRUE(second.lease);
  second.lease->note_carried();
  release(second);
  loop_.advance(5s);
  FakeExchange post;
  ASSERT_TRUE(ask(post, a_, proven()));
  EXPECT_FALSE(post.lease);
}

TEST_F(ConnectionPoolIdleTest, ATunnelHasNothingReady) {
  change({.connections = 4, .connections_per_origin = 4, .warm = 2});
  FakeExchange tunnel;
  open_for(tunnel, {Scheme::tunnel, "a.example", 443});
  loop_.advance(10s);
  EXPECT_TRUE(factory_.pending.empty());
}

TEST_F(ConnectionPoolIdleTest, AConnectionThatNobodyTookWasKeptThoughItIsNotReused) {
  FakeExchange first, gone;
  open_for(first);
  EXPECT_FALSE(first.lease->kept());
  ASSERT_TRUE(ask(gone));
  gone.give_up();
  finish_open();
  FakeExchange next;
  ASSERT_TRUE(ask(next));
  ASSERT_TRUE(next.lease);
  EXPECT_FALSE(next.lease->reused());
  EXPECT_TRUE(next.lease->kept()) << "the origin may have ended it meanwhile";
}

TEST_F(ConnectionPoolIdleTest, AFixedTimeMayBeSetInstead) {
  change({.connections = 2, .connections_per_origin = 2, .unsafe_idle = 10s});
  leave_idle(9s);
  FakeExchange post;
  ASSERT_TRUE(ask(post, a_, proven()));
  EXPECT_TRUE(post.lease);
}

TEST_F(ConnectionPoolIdleTest, ItIsClosedBeforeTheOriginDoesWhatItsHintSays) {
  FakeExchange exchange;
  open_for(exchange);
  factory_.connections[0]->hint = 5s;
  release(exchange);
  loop_.advance(3999ms);
  EXPECT_EQ(now().idle, 1u);
  loop_.advance(1ms);
  EXPECT_EQ(now().idle, 0u);
}

TEST_F(ConnectionPoolIdleTest, WhatAnOriginDoesIsLearnedAndKeptWhenNoConnectionIsLeft) {
  for (int i = 0; i < 3; ++i) {
    leave_idle(8s);
    factory_.connections[0]->die();
    loop_.run();
    ASSERT_EQ(pool_->origin_count(), 0u);
  }
  EXPECT_EQ(now().ended_idle, 3u);
  leave_idle(6999ms);
  EXPECT_EQ(now().idle, 1u);
  loop_.advance(2ms);
  EXPECT_EQ(now().idle, 0u) << "a second before the origin would close it";
}

TEST_F(ConnectionPoolIdleTest, AConnectionFoundDeadBeforeTheRequestIsReplacedInItsSlot) {
  change({.connections = 1, .connections_per_origin = 1});
  leave_idle(1s);
  FakeExchange post, next;
  ASSERT_TRUE(ask(post, a_, proven()));
  Lease dead = std::move(*post.lease);
  post.lease.reset();
  post.request.emplace(post, a_, proven());
  pool_->reopen(std::move(dead), *post.request);
  ASSERT_TRUE(ask(next));
  finish_open();
  EXPECT_TRUE(post.lease);
  EXPECT_EQ(now().replaced, 1u);
  EXPECT_EQ(now().replayed, 0u);
}

TEST_F(ConnectionPoolIdleTest, AUsedOriginKeepsConnectionsReadyBesideThoseInUse) {
  change({.connections = 4, .connections_per_origin = 4, .warm = 2});
  FakeExchange exchange;
  open_for(exchange);
  EXPECT_TRUE(factory_.pending.empty());
  loop_.advance(250ms);
  ASSERT_EQ(factory_.pending.size(), 1u) << "one after the other";
  finish_open();
  loop_.advance(250ms);
  finish_open();
  loop_.advance(1s);
  EXPECT_TRUE(factory_.pending.empty());
  EXPECT_EQ(now().idle, 2u);
  EXPECT_EQ(now().leased, 1u);
}

TEST_F(ConnectionPoolIdleTest, ReadyOnesAreReplacedWhenTheyEndAndTheLimitHolds) {
  change({.connections = 2, .connections_per_origin = 2, .warm = 2});
  FakeExchange exchange;
  open_for(exchange);
  release(exchange);
  for (int i = 0; i < 5; ++i) {
    loop_.advance(250ms);
    if (!factory_.pending.empty()) finish_open();
    ASSERT_LE(now().total(), 2u);
    factory_.connections[0]->die();
    loop_.run();
  }
  loop_.advance(250ms);
  EXPECT_FALSE(factory_.pending.empty());
}

TEST_F(ConnectionPoolIdleTest, FiveMinutesAfterTheLastRequestNothingIsKeptReady) {
  change({.connections = 2, .connections_per_origin = 2, .warm = 1});
  leave_idle(29s);
  EXPECT_EQ(now().idle, 1u);
  for (Duration since = 29s; since < 6min; since += 1s) {
    loop_.advance(1s);
    if (!factory_.pending.empty()) finish_open();
  }
  EXPECT_EQ(now().total(), 0u);
  EXPECT_EQ(pool_->origin_count(), 0u);
  EXPECT_GE(now().opened, 10u) << "they were until then";
}

TEST_F(ConnectionPoolIdleTest, AtAnOriginThatFailsNobodyWaitsAndOneAtATimeLooksWhetherItIsBack) {
  for (int i = 0; i < 3; ++i) fail_once();
  FakeExchange turned_away;
  ASSERT_TRUE(ask(turned_away));
  ASSERT_TRUE(turned_away.error);
  EXPECT_EQ(*turned_away.error, ErrorKind::connection_refused) << "the true reason";
  EXPECT_TRUE(turned_away.retry_after);
  EXPECT_TRUE(factory_.pending.empty());

  loop_.advance(500ms);
  FakeExchange probe, meanwhile, after;
  ASSERT_TRUE(ask(probe));
  EXPECT_EQ(factory_.pending.size(), 1u);
  ASSERT_TRUE(ask(meanwhile));
  EXPECT_TRUE(meanwhile.error);
  finish_open();
  EXPECT_TRUE(probe.lease);
  ASSERT_TRUE(ask(after));
  EXPECT_EQ(factory_.pending.size(), 1u) << "as if nothing had been";
}

TEST_F(ConnectionPoolIdleTest, ProbesThatFailComeLessAndLessOften) {
  for (int i = 0; i < 3; ++i) fail_once();
  Duration last{};
  for (int i = 0; i < 6; ++i) {
    FakeExchange early;
    ASSERT_TRUE(ask(early));
    ASSERT_TRUE(early.error);
    const Duration pause = *early.retry_after;
    EXPECT_GT(pause, last);
    last = pause;
    loop_.advance(pause);
    fail_once();
  }
  EXPECT_GT(last, 10s);
  EXPECT_LE(last, 32s);
}

TEST_F(ConnectionPoolIdleTest, WhoWaitsForAnOriginThatBeginsToFailHearsSoAtOnce) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange first, second, third, fourth;
  for (FakeExchange* exchange : {&first, &second, &third, &fourth}) ASSERT_TRUE(ask(*exchange));
  for (int i = 0; i < 3; ++i) fail_open();
  EXPECT_TRUE(fourth.error);
  EXPECT_EQ(now().waiting, 0u);
}

TEST_F(ConnectionPoolIdleTest, OtherOriginsAreNotTouched) {
  for (int i = 0; i < 3; ++i) fail_once();
  FakeExchange other;
  open_for(other, b_);
  EXPECT_TRUE(other.lease);
}

TEST_F(ConnectionPoolIdleTest, AnOriginWithAConnectionDoesNotCountAsFailing) {
  FakeExchange working, waiting;
  open_for(working);
  for (int i = 0; i < 3; ++i) fail_once();
  ASSERT_TRUE(ask(waiting));
  EXPECT_FALSE(waiting.error);
  release(working);
  EXPECT_TRUE(waiting.lease);
}

}  // namespace
}  // namespace trunkd
