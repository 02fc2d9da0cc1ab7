// Gates: who is held and in which order, what a pause does, what a request hears that must not
// wait; and queue limits of sessions that share a pool.

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "model_gate.h"
#include "pool_fixture.h"

namespace trunkd {
namespace {

// One start a second, two at once; connections are no limit.
class PoolGateTest : public ConnectionPoolTest {
 protected:
  void SetUp() override { change({.connections = 100, .connections_per_origin = 100}); }

  static LeaseTerms terms_at(Gate& gate, int priority = 3) {
    LeaseTerms gated = terms(priority);
    gated.gate = &gate;
    return gated;
  }
  LeaseTerms at_gate(int priority = 3) { return terms_at(gate_, priority); }

  // Each answer leaves its name in order_.
  void ask_as(char name, FakeExchange& exchange, const LeaseTerms& how) {
    exchange.on_answer = [this, name, &exchange] {
      order_ += name;
      exchange.release();
    };
    EXPECT_TRUE(ask(exchange, a_, how));
  }

  void use_up_starts() {
    for (FakeExchange& exchange : starters_) {
      ask(exchange, c_, at_gate());
      factory_.finish(factory_.pending.size() - 1);
      loop_.run();
      ASSERT_TRUE(exchange.lease);
    }
  }

  void pause(Duration time) {
    gate_.paused_until = loop_.now() + time;
    pool_->gate_changed(gate_);
    loop_.run();
  }

  Error refused(FakeExchange& exchange, const Origin& origin, const LeaseTerms& how) {
    exchange.request.emplace(exchange, origin, how);
    const auto queued = pool_->enqueue(*exchange.request);
    exchange.request.reset();
    EXPECT_FALSE(queued);
    return queued ? Error{} : queued.error();
  }

  ModelBucket bucket_{1s, 2, loop_.now()};
  ModelGate gate_{bucket_};
  std::array<FakeExchange, 2> starters_;
  std::string order_;
};

TEST_F(PoolGateTest, WhoIsHeldOpensNoConnection) {
  std::array<FakeExchange, 50> exchanges;
  for (FakeExchange& exchange : exchanges) EXPECT_TRUE(ask(exchange, a_, at_gate()));
  EXPECT_EQ(factory_.open_count(), 2U);
  EXPECT_EQ(now().held, 48U);
  EXPECT_EQ(now().waiting, 50U);
  EXPECT_FALSE(exchanges[0].request->held());
  EXPECT_TRUE(exchanges[49].request->held());
}

TEST_F(PoolGateTest, TheNextIsAdmittedAtTheMomentTheGateOpens) {
  use_up_starts();
  std::array<FakeExchange, 2> late;
  for (FakeExchange& exchange : late) ask(exchange, a_, at_gate());
  loop_.advance(999ms);
  EXPECT_EQ(now().connecting, 0U);
  loop_.advance(1ms);
  EXPECT_EQ(now().connecting, 1U);
  EXPECT_TRUE(late[1].request->held());
  loop_.advance(1s);
  EXPECT_EQ(now().connecting, 2U);
}

TEST_F(PoolGateTest, AnIdleConnectionIsNoWayPastTheGate) {
  FakeExchange before, held;
  open_for(before);
  release(before);
  use_up_starts();
  EXPECT_FALSE(pool_->try_acquire(a_, at_gate()));
  EXPECT_TRUE(ask(held, a_, at_gate()));
  EXPECT_TRUE(held.request->held());
  EXPECT_TRUE(pool_->try_acquire(a_)) << "who has no gate may take it";
  loop_.advance(1s);
  EXPECT_TRUE(held.lease) << "it is idle again";
}

TEST_F(PoolGateTest, AStartWithAnIdleConnectionCounts) {
  FakeExchange before;
  open_for(before);
  release(before);
  EXPECT_TRUE(pool_->try_acquire(a_, at_gate()));
  loop_.run();
  EXPECT_TRUE(pool_->try_acquire(a_, at_gate()));
  loop_.run();
  EXPECT_FALSE(pool_->try_acquire(a_, at_gate()));
  EXPECT_EQ(gate_.started(), 2U);
}

TEST_F(PoolGateTest, NobodyPassesThoseWhoAreHeld) {
  use_up_starts();
  FakeExchange idle, held;
  open_for(idle);
  release(idle);
  ask(held, b_, at_gate());
  loop_.advance(1s - 1us);
  EXPECT_FALSE(pool_->try_acquire(a_, at_gate()));
}

TEST_F(PoolGateTest, TheMoreUrgentIsAdmittedFirst) {
  use_up_starts();
  FakeExchange idle, usual, urgent, again;
  open_for(idle);
  release(idle);
  ask_as('u', usual, at_gate(3));
  ask_as('0', urgent, at_gate(0));
  LeaseTerms front = at_gate(7);
  front.front = true;
  ask_as('f', again, front);
  loop_.advance(3s);
  EXPECT_EQ(order_, "f0u");
}

TEST_F(PoolGateTest, WhoComesFirstTakesTheStartOfTheLastWhoStillWaitsForAConnection) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange holder, early, late, urgent;
  open_for(holder);
  ask(early, a_, at_gate());
  ask(late, a_, at_gate());
  EXPECT_FALSE(late.request->held());
  ask(urgent, a_, at_gate(0));
  EXPECT_FALSE(urgent.request->held());
  EXPECT_FALSE(early.request->held());
  EXPECT_TRUE(late.request->held());
  EXPECT_EQ(gate_.reserved(), 2U);
  release(holder);
  EXPECT_TRUE(urgent.lease);
}

TEST_F(PoolGateTest, WhoLeavesGivesItsStartToTheNext) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange holder, first, second, third;
  open_for(holder);
  for (FakeExchange* exchange : {&first, &second, &third}) ask(*exchange, a_, at_gate());
  EXPECT_TRUE(third.request->held());
  first.give_up();
  loop_.run();
  EXPECT_FALSE(third.request->held());
  EXPECT_EQ(gate_.reserved(), 2U);
}

TEST_F(PoolGateTest, AFailedConnectIsNoStart) {
  FakeExchange first, second, third;
  for (FakeExchange* exchange : {&first, &second, &third}) ask(*exchange, a_, at_gate());
  fail_open();
  EXPECT_EQ(first.error, ErrorKind::connection_refused);
  EXPECT_FALSE(third.request->held());
  EXPECT_EQ(gate_.started(), 0U);
}

TEST_F(PoolGateTest, WhoIsHeldLeavesAtAnyTime) {
  use_up_starts();
  FakeExchange first, second;
  ask(first, a_, at_gate());
  ask(second, a_, at_gate());
  first.give_up();
  EXPECT_EQ(now().held, 1U);
  loop_.advance(1s);
  EXPECT_FALSE(second.request->held());
}

TEST_F(PoolGateTest, OverSeveralGatesWithOneRateTheFirstInOrderIsAdmitted) {
  ModelGate other(bucket_);
  use_up_starts();
  FakeExchange late, early;
  ask(late, a_, terms_at(other, 4));
  ask(early, b_, at_gate(3));
  loop_.advance(1s);
  EXPECT_FALSE(early.request->held());
  EXPECT_TRUE(late.request->held());
}

TEST_F(PoolGateTest, AStartThatIsGivenBackAtOneGateServesAnotherOfTheSameRate) {
  change({.connections = 1, .connections_per_origin = 1});
  ModelGate other(bucket_);
  FakeExchange holder, first, second, elsewhere;
  open_for(holder);
  ask(first, a_, at_gate());
  ask(second, a_, at_gate());
  ask(elsewhere, b_, terms_at(other));
  EXPECT_TRUE(elsewhere.request->held());
  second.give_up();
  loop_.run();
  EXPECT_FALSE(elsewhere.request->held());
}

TEST_F(PoolGateTest, APauseHoldsThoseWhoWaitedForAConnectionAlready) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange holder, waiting;
  open_for(holder);
  ask(waiting, a_, at_gate());
  EXPECT_FALSE(waiting.request->held());
  pause(2s);
  EXPECT_TRUE(waiting.request->held());
  release(holder);
  loop_.advance(2s - 1us);
  EXPECT_FALSE(waiting.lease);
  loop_.advance(1us);
  EXPECT_TRUE(waiting.lease);
}

TEST_F(PoolGateTest, AGateThatOpensEarlierAdmitsAtOnce) {
  FakeExchange waiting;
  pause(10s);
  ask(waiting, a_, at_gate());
  EXPECT_TRUE(waiting.request->held());
  pause(0s);
  EXPECT_FALSE(waiting.request->held());
}

TEST_F(PoolGateTest, WhoCannotOutlastAPauseHearsAtOnceHowLongItIs) {
  gate_.longest_pause = 1h;
  FakeExchange hasty, patient, late, endless;
  LeaseTerms how = at_gate();
  ask(hasty, a_, how);
  how.timeout = 1min;
  ask(patient, a_, how);
  pause(40s);
  EXPECT_EQ(hasty.error, ErrorKind::paused);
  EXPECT_TRUE(patient.waiting());
  const Error error = refused(late, a_, at_gate());
  EXPECT_EQ(error.kind, ErrorKind::paused);
  EXPECT_EQ(error.retry_after, 40s);
  EXPECT_EQ(error.detail,
            "https://a.example asked for a pause, of which 40 s are left, longer than the request "
            "may wait");
  EXPECT_EQ(error.setting, "queue.timeout");
  EXPECT_EQ(error.hint, "Raise queue.timeout, or end the pause: trunkd ctl resume NAME");
  how.timeout = 0s;
  EXPECT_TRUE(ask(endless, a_, how));
  EXPECT_EQ(gate_.reserved(), 0U);
}

TEST_F(PoolGateTest, NobodyWaitsForAPauseThatIsTooLongForAll) {
  FakeExchange waiting, late;
  LeaseTerms how = at_gate();
  how.timeout = 0s;
  ask(waiting, a_, how);
  pause(16s);
  EXPECT_EQ(waiting.error, ErrorKind::paused);
  Error error = refused(late, a_, how);
  EXPECT_EQ(error.setting, "retry.retry_after.max");
  EXPECT_EQ(error.hint, "Raise retry.retry_after.max, or end the pause: trunkd ctl resume NAME");
  how.timeout = 16s;
  error = refused(late, a_, how);
  EXPECT_EQ(error.setting, "retry.retry_after.max");
  EXPECT_EQ(error.hint,
            "Raise retry.retry_after.max and queue.timeout, or end the pause: trunkd ctl resume "
            "NAME")
      << "either alone would not let it wait";
  how.timeout = 0s;
  loop_.advance(1s);
  EXPECT_TRUE(ask(late, a_, how)) << "what is left is not too long any more";
}

TEST_F(PoolGateTest, WhoFindsNoPlaceToWaitForTheEndOfAPauseHearsOfTheQueue) {
  FakeExchange late;
  LeaseTerms how = at_gate();
  how.queue_max = 0;
  pause(2s);
  const Error error = refused(late, a_, how);
  EXPECT_EQ(error.kind, ErrorKind::paused);
  EXPECT_EQ(error.setting, "queue.max");
  EXPECT_EQ(error.hint, "Raise queue.max, or end the pause: trunkd ctl resume NAME");
}

TEST_F(PoolGateTest, WithoutAQueueTheRateRefusesAndSaysWhenToComeAgain) {
  use_up_starts();
  loop_.advance(250ms);
  LeaseTerms how = at_gate();
  how.queue_max = 0;
  FakeExchange late;
  const Error error = refused(late, a_, how);
  EXPECT_EQ(error.kind, ErrorKind::rate_limited);
  EXPECT_EQ(error.retry_after, 750ms);
  EXPECT_EQ(error.hint, "Raise rate.limit or queue.max.");
  EXPECT_EQ(now().waiting, 0U);
  how.front = true;
  EXPECT_TRUE(ask(late, a_, how)) << "a second try waits";
}

TEST_F(PoolGateTest, WhoIsHeldTakesAPlaceInTheQueue) {
  use_up_starts();
  LeaseTerms how = at_gate();
  how.queue_max = 1;
  FakeExchange first, second, ungated;
  EXPECT_TRUE(ask(first, a_, how));
  EXPECT_EQ(refused(second, a_, how).kind, ErrorKind::rate_limited);
  how.gate = nullptr;
  EXPECT_TRUE(ask(ungated, a_, how)) << "it needs no place there";
}

TEST_F(PoolGateTest, ARateThatAllowsNothingWithinTheRequestsTimeRefusesAtOnce) {
  ModelBucket hourly(1h, 1, loop_.now());
  ModelGate gate(hourly);
  FakeExchange first, second;
  EXPECT_TRUE(ask(first, a_, terms_at(gate)));
  finish_open();
  const Error error = refused(second, a_, terms_at(gate));
  EXPECT_EQ(error.kind, ErrorKind::rate_limited);
  EXPECT_EQ(error.retry_after, 1h);
}

TEST_F(PoolGateTest, ATimeoutWhileHeldSaysWhy) {
  std::array<FakeExchange, 40> exchanges;
  for (FakeExchange& exchange : exchanges) ask(exchange, a_, at_gate());
  pause(10s);
  while (!factory_.pending.empty()) finish_open();
  loop_.advance(30s);
  EXPECT_EQ(exchanges.back().error, ErrorKind::queue_timeout);
  EXPECT_EQ(now().held, 0U);
}

TEST_F(PoolGateTest, AnAdmittedRequestPastItsTimeIsNotHeldAgainForLong) {
  FakeExchange slow, urgent, held;
  LeaseTerms hasty = at_gate(7);
  hasty.timeout = 10ms;
  ask(held, a_, at_gate());
  ask(slow, a_, hasty);
  loop_.advance(15ms);
  EXPECT_TRUE(slow.waiting()) << "its connection is being opened";
  ask(urgent, a_, at_gate(0));
  EXPECT_EQ(slow.error, ErrorKind::queue_timeout);
}

TEST_F(PoolGateTest, AReplayIsNotHeldButTakesTheStartOfTheLastWhoWaits) {
  change({.connections = 1, .connections_per_origin = 1});
  FakeExchange first, second;
  ask(first, a_, at_gate());
  finish_open();
  ask(second, a_, at_gate());
  EXPECT_FALSE(second.request->held());
  first.request.emplace(first, a_, at_gate());
  pool_->reopen(std::move(*std::exchange(first.lease, std::nullopt)), *first.request);
  loop_.run();
  EXPECT_TRUE(second.request->held());
  finish_open();
  EXPECT_TRUE(first.lease);
  EXPECT_EQ(gate_.started(), 2U);
  EXPECT_EQ(gate_.reserved(), 0U);
}

TEST_F(PoolGateTest, AReplayThatFindsNothingLeftIsMadeUpForLater) {
  use_up_starts();
  FakeExchange& first = starters_[0];
  first.request.emplace(first, c_, at_gate());
  pool_->reopen(std::move(*std::exchange(first.lease, std::nullopt)), *first.request);
  loop_.run();
  finish_open();
  EXPECT_TRUE(first.lease);
  FakeExchange next;
  ask(next, a_, at_gate());
  loop_.advance(1s);
  EXPECT_TRUE(next.request->held());
  loop_.advance(1s);
  EXPECT_FALSE(next.request->held());
}

TEST_F(PoolGateTest, DrainingDismissesWhoIsHeld) {
  use_up_starts();
  FakeExchange held;
  ask(held, a_, at_gate());
  pool_->drain();
  loop_.run();
  EXPECT_EQ(held.error, ErrorKind::shutting_down);
}

TEST_F(PoolGateTest, APoolThatEndsLeavesNothingAtItsGates) {
  FakeExchange replaying, admitted, held;
  open_for(replaying);
  replaying.request.emplace(replaying, a_, at_gate());
  pool_->reopen(std::move(*std::exchange(replaying.lease, std::nullopt)), *replaying.request);
  ask(admitted, a_, at_gate());
  ask(held, a_, at_gate());
  EXPECT_TRUE(held.request->held());
  pool_.reset();
  EXPECT_EQ(gate_.held(), 0U);
  EXPECT_EQ(gate_.reserved(), 0U);
  EXPECT_FALSE(held.waiting());
}

TEST_F(ConnectionPoolTest, SessionsThatShareAPoolHaveAQueueEach) {
  change({.connections = 1, .connections_per_origin = 1});
  QueueShare busy, quiet;
  std::array<FakeExchange, 10> many;
  FakeExchange holder, first, second, third;
  open_for(holder);
  LeaseTerms how = terms();
  how.share = &busy;
  for (FakeExchange& exchange : many) EXPECT_TRUE(ask(exchange, a_, how));
  how.share = &quiet;
  how.queue_max = 2;
  EXPECT_TRUE(ask(first, a_, how));
  EXPECT_TRUE(ask(second, a_, how));
  EXPECT_FALSE(ask(third, a_, how));
  EXPECT_EQ(busy.waiting, 10U);
  EXPECT_EQ(quiet.waiting, 2U);
  first.give_up();
  EXPECT_EQ(quiet.waiting, 1U);
  EXPECT_TRUE(ask(third, a_, how));
}

TEST_F(ConnectionPoolTest, AShareOfAPoolThatNobodyElseUsesCountsAsThePoolDoes) {
  QueueShare only;
  std::array<FakeExchange, 5> exchanges;
  LeaseTerms how = terms();
  how.share = &only;
  how.queue_max = 2;
  for (size_t i = 0; i < 4; ++i) EXPECT_TRUE(ask(exchanges[i], a_, how)) << i;
  EXPECT_FALSE(ask(exchanges[4], a_, how));
}

}  // namespace
}  // namespace trunkd
