// Who may be destroyed when: requests, leases and the pool itself, also from inside a listener; and
// how a pool comes to its end.

#include <array>
#include <gtest/gtest.h>

#include "pool_fixture.h"

namespace trunkd {
namespace {

TEST_F(ConnectionPoolTest, ARequestMayBeDestroyedFromInsideAnothersListener) {
  FakeExchange first, second;
  ask(first);
  ask(second);
  first.on_answer = [&] { second.give_up(); };
  factory_.finish();
  factory_.finish();
  loop_.run();
  EXPECT_TRUE(first.lease);
  EXPECT_FALSE(second.lease);
  EXPECT_EQ(now().idle, 1U) << "what was meant for it is not lost";
  EXPECT_EQ(now().leases, 1U);
}

TEST_F(ConnectionPoolTest, ALeaseMayBeGivenBackFromInsideItsListener) {
  FakeExchange first, second;
  change({.connections = 1, .connections_per_origin = 1});
  first.on_answer = [&] { first.release(); };
  ask(first);
  ask(second);
  finish_open();
  EXPECT_TRUE(second.lease);
}

TEST_F(ConnectionPoolTest, AConnectionIsNotTouchedBeforeTheEventThatGaveItBackIsOver) {
  FakeExchange first;
  open_for(first);
  FakeConnection& connection = first.connection();
  connection.usable = false;
  first.release();
  EXPECT_FALSE(connection.usable) << "read from memory that is still there";
  connection.usable = true;  // the end of its parser's callback
  loop_.run();
  EXPECT_EQ(now().idle, 1U) << "judged after the event, not within it";
}

TEST_F(ConnectionPoolTest, ALeaseAssignedOverGivesItsConnectionBack) {
  FakeExchange first, second;
  open_for(first);
  open_for(second);
  *first.lease = std::move(*second.lease);
  loop_.run();
  EXPECT_EQ(now().idle, 1U);
  EXPECT_EQ(now().leased, 1U);
}

TEST_F(ConnectionPoolTest, RequestsMayOutliveThePoolAndAreNeverAnswered) {
  FakeExchange connecting, waiting, replaying, granted;
  change({.connections = 3, .connections_per_origin = 3});
  open_for(replaying);
  replaying.request.emplace(replaying, a_, terms());
  pool_->reopen(std::move(*std::exchange(replaying.lease, std::nullopt)), *replaying.request);
  ask(granted);
  ask(connecting);
  ask(waiting);
  factory_.finish(1);
  pool_.reset();
  loop_.run();
  for (const FakeExchange* exchange : {&connecting, &waiting, &replaying, &granted}) {
    EXPECT_FALSE(exchange->waiting());
    EXPECT_FALSE(exchange->lease || exchange->error);
  }
  EXPECT_EQ(factory_.open_count(), 0U);
}

TEST_F(ConnectionPoolTest, MayBeDestroyedFromInsideAListener) {
  FakeExchange first, second;
  ask(first);
  ask(second);
  first.on_answer = [&] {
    first.release();
    pool_.reset();
  };
  factory_.finish();
  factory_.finish();
  loop_.run();
  EXPECT_FALSE(second.lease);
  EXPECT_EQ(factory_.open_count(), 0U);
}

TEST_F(ConnectionPoolTest, DrainingDismissesWhoWaitsAndClosesWhatIsIdle) {
  change({.connections = 3, .connections_per_origin = 2});
  FakeExchange busy, idle, connecting, late;
  open_for(busy, a_);
  open_for(idle, b_);
  release(idle);
  ask(connecting, a_);
  pool_->drain();
  EXPECT_FALSE(connecting.error) << "not from inside the call";
  loop_.run();
  EXPECT_EQ(connecting.error, ErrorKind::shutting_down);
  EXPECT_EQ(now().total(), 1U);
  EXPECT_FALSE(pool_->empty());

  EXPECT_FALSE(pool_->try_acquire(a_));
  EXPECT_TRUE(ask(late, a_));
  EXPECT_EQ(late.error, ErrorKind::shutting_down);

  release(busy);
  EXPECT_TRUE(pool_->empty());
}

TEST_F(ConnectionPoolTest, AReplayGoesOnWhileDraining) {
  FakeExchange first;
  open_for(first);
  pool_->drain();
  loop_.run();
  first.request.emplace(first, a_, terms());
  pool_->reopen(std::move(*std::exchange(first.lease, std::nullopt)), *first.request);
  loop_.run();
  finish_open();
  ASSERT_TRUE(first.lease);
  release(first);
  EXPECT_TRUE(pool_->empty());
}

}  // namespace
}  // namespace trunkd
