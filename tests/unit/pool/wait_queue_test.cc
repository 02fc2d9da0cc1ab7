#include "pool/wait_queue.h"

#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "pool/lease_request.h"

namespace trunkd {
namespace {

class WaitQueueTest : public testing::Test {
 protected:
  struct Silent final : LeaseListener {
    void on_lease(Lease) override {}
    void on_lease_failed(const Error&) override {}
  };
  struct Entry {
    explicit Entry(LeaseListener& listener) : request(listener, {}, {}), waiter(request) {}
    LeaseRequest request;
    Waiter waiter;
  };

  Waiter& join(int priority, Freshness freshness = Freshness::any) {
    entries_.push_back(std::make_unique<Entry>(silent_));
    LeaseTerms terms;
    terms.priority = priority;
    terms.freshness = freshness;
    Waiter& waiter = entries_.back()->waiter;
    waiter.turn = turn_of(terms, now_, entries_.size());
    queue_.add(waiter, terms);
    return waiter;
  }

  Silent silent_;
  SteadyTime now_{Duration(1000s)};
  std::vector<std::unique_ptr<Entry>> entries_;
  WaitQueue queue_;
};

TEST_F(WaitQueueTest, PromisesGoToTheFirstInOrder) {
  Waiter& late = join(5);
  Waiter& first = join(1);
  Waiter& second = join(1);
  queue_.promise(2);
  EXPECT_TRUE(first.promised && second.promised);
  EXPECT_FALSE(late.promised);
  EXPECT_EQ(queue_.first_unpromised(), &late);
}

TEST_F(WaitQueueTest, APromiseIsTakenBackFromTheLastInOrder) {
  Waiter& first = join(1);
  Waiter& second = join(2);
  Waiter& third = join(2);
  queue_.promise(3);
  queue_.promise(1);
  EXPECT_TRUE(first.promised);
  EXPECT_FALSE(second.promised || third.promised);
  EXPECT_EQ(queue_.first_unpromised(), &second);
}

TEST_F(WaitQueueTest, APromisePassesToAMoreUrgentNewcomer) {
  Waiter& first = join(3);
  Waiter& second = join(3);
  queue_.promise(2);
  Waiter& urgent = join(0);
  EXPECT_TRUE(urgent.promised && first.promised);
  EXPECT_FALSE(second.promised);
  Waiter& late = join(3);
  EXPECT_FALSE(late.promised);
  EXPECT_EQ(queue_.first_unpromised(), &second);
}

TEST_F(WaitQueueTest, NobodyIsPromisedMoreThanThereAreWaiters) {
  Waiter& only = join(3);
  queue_.promise(5);
  EXPECT_TRUE(only.promised);
  EXPECT_EQ(queue_.first_unpromised(), nullptr);
  queue_.remove(only);
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(queue_.first(), nullptr);
  Waiter& next = join(3);
  EXPECT_FALSE(next.promised);
  EXPECT_EQ(queue_.first_unpromised(), &next);
}

TEST_F(WaitQueueTest, WhoLeavesFromTheMiddleOfALineLeavesTheOthersInOrder) {
  Waiter& first = join(3);
  Waiter& second = join(3);
  Waiter& third = join(3);
  queue_.promise(1);
  queue_.remove(second);
  EXPECT_EQ(queue_.first_unpromised(), &third);
  queue_.remove(first);
  EXPECT_EQ(queue_.first(), &third);
  queue_.promise(1);
  EXPECT_TRUE(third.promised);
}

TEST_F(WaitQueueTest, AConnectionPassesThoseForWhomItWillNotDo) {
  Waiter& wants_new = join(0, Freshness::new_only);
  Waiter& wants_proven = join(3, Freshness::proven);
  Waiter& any = join(7);
  EXPECT_EQ(queue_.first(), &wants_new);
  EXPECT_EQ(queue_.first_for_returned(), &wants_proven);
  EXPECT_EQ(queue_.first_for_idle(), &any);
}

TEST_F(WaitQueueTest, ALevelIsWorthSomeSecondsOfWaiting) {
  Waiter& patient = join(1);
  now_ += kUrgencyStep;
  Waiter& urgent = join(0);
  EXPECT_EQ(queue_.first(), &patient) << "at the very moment they are equal, the earlier one";
  queue_.remove(patient);
  EXPECT_EQ(queue_.first(), &urgent);
}

}  // namespace
}  // namespace trunkd
