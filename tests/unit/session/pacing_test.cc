// Rates, intervals and pauses over a real pool, a clock that obeys the test and no sockets.

#include "session/pacing.h"

#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "support/fake_connection_factory.h"
#include "support/fake_exchange.h"
#include "support/fake_loop.h"

namespace trunkd {
namespace {

RateConfig rate_of(uint64_t count, Duration per, uint64_t burst = 1) {
  RateConfig rate;
  rate.count = count;
  rate.per = per;
  rate.burst = burst;
  return rate;
}
RateConfig for_each_host(RateConfig rate) {
  rate.per_host = true;
  return rate;
}

class PacingTest : public testing::Test {
 protected:
  void pace(const RateConfig& rate) {
    rate_ = rate;
    pacing_.emplace(loop_, pool_, rate_, retry_);
  }

  LeaseTerms terms(const Origin& origin, std::string_view method) {
    LeaseTerms terms;
    terms.timeout = 30s;
    terms.gate = &pacing_->gate_for(origin, method);
    return terms;
  }

  void ask(FakeExchange& exchange, const Origin& origin, std::string_view method = "GET") {
    exchange.request.emplace(exchange, origin, terms(origin, method));
    EXPECT_TRUE(pool_.enqueue(*exchange.request));
    settle();
  }

  // Connections open at once.
  void settle() {
    loop_.run();
    while (!factory_.pending.empty()) {
      factory_.finish();
      loop_.run();
    }
  }
  void advance(Duration by) {
    loop_.advance(by);
    settle();
  }

  template <size_t N>
  static size_t started(const std::array<FakeExchange, N>& exchanges) {
    size_t count = 0;
    for (const FakeExchange& exchange : exchanges) count += exchange.lease.has_value();
    return count;
  }

  const Origin a_{Scheme::https, "a.example", 443};
  const Origin b_{Scheme::https, "b.example", 443};
  FakeConnectionFactory factory_;
  FakeLoop loop_;
  RateConfig rate_;
  RetryConfig retry_;
  ConnectionPool pool_{loop_, factory_, {.connections = 100, .connections_per_origin = 100}};
  std::optional<Pacing> pacing_{std::in_place, loop_, pool_, rate_, retry_};
};

TEST_F(PacingTest, WithoutARateNobodyIsHeld) {
  std::array<FakeExchange, 60> exchanges;
  for (FakeExchange& exchange : exchanges) ask(exchange, a_);
  EXPECT_EQ(started(exchanges), 60U);
}

TEST_F(PacingTest, ARateIsForAllOriginsTogether) {
  pace(rate_of(2, 1s, 2));
  std::array<FakeExchange, 6> exchanges;
  for (size_t i = 0; i < 6; ++i) ask(exchanges[i], i % 2 == 0 ? a_ : b_);
  EXPECT_EQ(started(exchanges), 2U);
  for (size_t expected = 3; expected <= 6; ++expected) {
    advance(500ms);
    EXPECT_EQ(started(exchanges), expected);
    EXPECT_TRUE(exchanges[expected - 1].lease) << "in the order of their asking";
  }
}

TEST_F(PacingTest, OrForEachHost) {
  pace(for_each_host(rate_of(1, 1s)));
  std::array<FakeExchange, 4> exchanges;
  for (size_t i = 0; i < 4; ++i) ask(exchanges[i], i % 2 == 0 ? a_ : b_);
  EXPECT_EQ(started(exchanges), 2U);
  advance(1s);
  EXPECT_EQ(started(exchanges), 4U);
}

TEST_F(PacingTest, AnIntervalIsForItsMethodAndTheNamelessForAllOthers) {
  pace({.min_interval = {{"GET", 0s}, {"POST", 1s}, {"", 100ms}}});
  std::array<FakeExchange, 3> gets, posts, others;
  for (FakeExchange& exchange : gets) ask(exchange, a_, "GET");
  for (FakeExchange& exchange : posts) ask(exchange, a_, "POST");
  ask(others[0], a_, "PUT");
  ask(others[1], a_, "DELETE");
  ask(others[2], b_, "PUT");
  EXPECT_EQ(started(gets), 3U);
  EXPECT_EQ(started(posts), 1U);
  EXPECT_EQ(started(others), 1U);
  advance(100ms);
  EXPECT_EQ(started(others), 2U);
  advance(900ms);
  EXPECT_EQ(started(posts), 2U);
  EXPECT_EQ(started(others), 3U);
}

TEST_F(PacingTest, AnIntervalCountsFromTheStartNotFromTheAsking) {
  pace({.min_interval = {{"", 1s}}});
  pool_.set_settings({.connections = 1, .connections_per_origin = 1});
  FakeExchange first, second;
  ask(first, a_);
  advance(5s);
  ask(second, a_);
  EXPECT_TRUE(second.waiting()) << "for the connection";
  advance(5s);
  first.release();
  settle();
  ASSERT_TRUE(second.lease);
  FakeExchange third;
  second.release();
  ask(third, a_);
  advance(999ms);
  EXPECT_FALSE(third.lease);
  advance(1ms);
  EXPECT_TRUE(third.lease);
}

TEST_F(PacingTest, RateAndIntervalHoldTogether) {
  pace({.count = 10, .per = 1s, .burst = 10, .min_interval = {{"POST", 1s}}});
  std::array<FakeExchange, 12> gets;
  FakeExchange post, late;
  ask(post, a_, "POST");
  for (FakeExchange& exchange : gets) ask(exchange, a_, "GET");
  ask(late, a_, "POST");
  EXPECT_EQ(started(gets), 9U);
  advance(1s);
  EXPECT_EQ(started(gets), 12U);
  EXPECT_TRUE(late.lease);
}

TEST_F(PacingTest, APauseHoldsAllCallersOfItsOriginAndNoOther) {
  FakeExchange before, during, elsewhere, after;
  ask(before, a_);
  pacing_->pause(a_, 2s);
  EXPECT_EQ(pacing_->pause_left(a_), 2s);
  ask(during, a_, "POST");
  ask(elsewhere, b_);
  EXPECT_TRUE(during.request->held());
  EXPECT_TRUE(elsewhere.lease);
  advance(2s - 1us);
  EXPECT_FALSE(during.lease);
  advance(1us);
  EXPECT_TRUE(during.lease) << "none is lost";
  EXPECT_EQ(pacing_->pause_left(a_), 0s);
}

TEST_F(PacingTest, APauseHoldsWhoWaitsForAConnectionAlready) {
  pool_.set_settings({.connections = 1, .connections_per_origin = 1});
  FakeExchange holder;
  std::array<FakeExchange, 5> waiting;
  ask(holder, a_);
  for (size_t i = 0; i < 5; ++i) ask(waiting[i], a_, i % 2 == 0 ? "GET" : "PUT");
  pacing_->pause(a_, 2s);
  holder.release();
  advance(2s - 1us);
  EXPECT_EQ(started(waiting), 0U);
  EXPECT_EQ(pool_.snapshot().held, 5U);
  advance(1us);
  EXPECT_TRUE(waiting[0].lease);
  EXPECT_EQ(pool_.snapshot().held, 0U);
}

TEST_F(PacingTest, APauseIsNeverMadeShorter) {
  pacing_->pause(a_, 5s);
  pacing_->pause(a_, 2s);
  pacing_->pause(a_, 0s);
  EXPECT_EQ(pacing_->paused_count(), 1U);
  EXPECT_EQ(pacing_->pause_left(a_), 5s);
  pacing_->pause(a_, 7s);
  EXPECT_EQ(pacing_->pause_left(a_), 7s);
}

TEST_F(PacingTest, NobodyWaitsForAPauseBeyondTheLongest) {
  FakeExchange exchange;
  pacing_->pause(a_, 10min);
  exchange.request.emplace(exchange, a_, terms(a_, "GET"));
  const auto refused = pool_.enqueue(*exchange.request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::paused);
  EXPECT_EQ(refused.error().retry_after, 10min);
  exchange.request.reset();
  advance(9min + 40s);
  ask(exchange, a_);
  advance(20s);
  EXPECT_TRUE(exchange.lease);
}

TEST_F(PacingTest, ALiftedPauseHoldsNobodyAnyMore) {
  FakeExchange held, late;
  ask(held, a_);
  held.release();
  pacing_->pause(a_, 20s);
  pacing_->pause(b_, 1h);
  ask(held, a_);
  EXPECT_TRUE(held.request->held());
  pacing_->lift_pauses();
  settle();
  EXPECT_TRUE(held.lease) << "who waited goes on at once";
  ask(late, b_);
  EXPECT_TRUE(late.lease);
  EXPECT_EQ(pacing_->paused_count(), 0U);
  pacing_->pause(a_, 2s);
  EXPECT_EQ(pacing_->pause_left(a_), 2s) << "the next one counts again";
}

TEST_F(PacingTest, ForgetsOriginsOfWhichNothingWouldBeLost) {
  pace(for_each_host(rate_of(1, 1s)));
  const auto visit = [&](int number) {
    FakeExchange exchange;
    ask(exchange, {Scheme::http, "host" + std::to_string(number) + ".example", 80});
    EXPECT_TRUE(exchange.lease);
  };
  FakeExchange held, first;
  pacing_->pause(b_, 1h);
  ask(first, a_);
  ask(held, a_);
  for (int i = 0; i < 200; ++i) visit(i);
  EXPECT_EQ(pacing_->origin_count(), 202U);
  loop_.advance(900ms);
  for (int i = 0; i < 200; ++i) visit(1000 + i);
  EXPECT_EQ(pacing_->origin_count(), 402U) << "none has made up for its start yet";
  loop_.advance(10s);
  for (int i = 0; i < 200; ++i) visit(2000 + i);
  EXPECT_LT(pacing_->origin_count(), 300U);
  EXPECT_GT(pacing_->pause_left(b_), 59min);
  EXPECT_TRUE(held.lease);
}

TEST_F(PacingTest, MemoryForOriginsHasAnEnd) {
  pace(for_each_host(rate_of(1, 1h)));
  FakeExchange first, held;
  ask(first, a_);
  LeaseTerms how = terms(a_, "GET");
  how.timeout = 0s;
  held.request.emplace(held, a_, how);
  EXPECT_TRUE(pool_.enqueue(*held.request));
  for (int i = 0; i < 200'000; ++i) {
    const Origin origin{Scheme::http, "host" + std::to_string(i) + ".example", 80};
    Gate& gate = pacing_->gate_for(origin, "GET");
    ASSERT_TRUE(gate.admit(loop_.now()));
    gate.start(loop_.now());
    ASSERT_LE(pacing_->origin_count(), 65'536U);
  }
  EXPECT_TRUE(held.request->held()) << "its gate is still there";
}

TEST_F(PacingTest, WhatIsStoppedIsHeldUntilItGoesOnAndNobodyFails) {
  pace({});
  pacing_->stop();
  FakeExchange first, second;
  ask(first, a_);
  ask(second, b_);
  advance(29s);
  EXPECT_TRUE(first.waiting());
  EXPECT_TRUE(second.waiting());
  EXPECT_EQ(pool_.snapshot().held, 2u);
  pacing_->resume();
  settle();
  EXPECT_TRUE(first.lease);
  EXPECT_TRUE(second.lease);
}

TEST_F(PacingTest, WhoWaitsForAConnectionWhenItIsStoppedIsHeldToo) {
  pool_.set_settings({.connections = 1, .connections_per_origin = 1});
  pace({});
  FakeExchange busy, waiting;
  ask(busy, a_);
  ask(waiting, a_);
  pacing_->stop();
  settle();
  busy.release();
  settle();
  EXPECT_FALSE(waiting.lease);
  pacing_->resume();
  settle();
  EXPECT_TRUE(waiting.lease);
}

TEST_F(PacingTest, WhoCannotWaitForTheOperatorHearsWhoHoldsIt) {
  pace({});
  pacing_->stop();
  FakeExchange exchange;
  ask(exchange, a_);
  advance(30s);
  EXPECT_EQ(exchange.error, ErrorKind::session_paused);
  LeaseTerms no_queue = terms(a_, "GET");
  no_queue.queue_max = 0;
  FakeExchange other;
  other.request.emplace(other, a_, no_queue);
  const auto queued = pool_.enqueue(*other.request);
  other.request.reset();
  ASSERT_FALSE(queued);
  EXPECT_EQ(queued.error().kind, ErrorKind::session_paused);
}

}  // namespace
}  // namespace trunkd
