#include "session/token_bucket.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace trunkd {
namespace {

constexpr SteadyTime kBegin{1000s};

bool take(TokenBucket& bucket, SteadyTime now) {
  if (!bucket.has(now)) return false;
  bucket.reserve();
  bucket.start(now);
  return true;
}

TEST(TokenBucketTest, ABurstAtOnceAndThenEvenlySpaced) {
  TokenBucket bucket(5, 1s, 3, kBegin);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(take(bucket, kBegin));
  EXPECT_FALSE(take(bucket, kBegin));
  EXPECT_EQ(bucket.has_at(kBegin), kBegin + 200ms);
  EXPECT_FALSE(take(bucket, kBegin + 200ms - 1us));
  EXPECT_TRUE(take(bucket, kBegin + 200ms));
  EXPECT_FALSE(take(bucket, kBegin + 399ms));
}

TEST(TokenBucketTest, SavesNoMoreThanItsBurst) {
  TokenBucket bucket(5, 1s, 2, kBegin);
  const SteadyTime later = kBegin + 24h;
  EXPECT_TRUE(take(bucket, later));
  EXPECT_TRUE(take(bucket, later));
  EXPECT_FALSE(take(bucket, later));
}

TEST(TokenBucketTest, ARateThatDividesNoMicrosecondDoesNotDrift) {
  TokenBucket bucket(7, 1s, 1, kBegin);
  SteadyTime now = kBegin;
  for (int i = 0; i < 7 * 3600; ++i) {
    EXPECT_TRUE(take(bucket, now));
    now = bucket.has_at(now);
  }
  EXPECT_EQ(now, kBegin + 1h);
}

TEST(TokenBucketTest, AReservationKeepsOthersOutAndDoesNotStopTheFilling) {
  TokenBucket bucket(1, 1s, 2, kBegin);
  EXPECT_TRUE(take(bucket, kBegin));
  bucket.reserve();
  EXPECT_FALSE(bucket.has(kBegin));
  EXPECT_TRUE(bucket.has(kBegin + 1s)) << "a second one has come";
  bucket.reserve();
  EXPECT_FALSE(bucket.has(kBegin + 1h)) << "it holds no more than two";
  bucket.start(kBegin + 1h);
  EXPECT_EQ(bucket.has_at(kBegin + 1h), kBegin + 1h + 1s);
  bucket.withdraw();
  EXPECT_TRUE(bucket.has(kBegin + 1h));
}

TEST(TokenBucketTest, WhatWasTakenUnaskedIsMissingLater) {
  TokenBucket bucket(1, 1s, 1, kBegin);
  for (int i = 0; i < 3; ++i) bucket.reserve();
  for (int i = 0; i < 3; ++i) bucket.start(kBegin);
  EXPECT_EQ(bucket.has_at(kBegin), kBegin + 3s);
}

TEST(TokenBucketTest, IsUntouchedAgainWhenItIsFull) {
  TokenBucket bucket(1, 1s, 2, kBegin);
  EXPECT_TRUE(bucket.untouched(kBegin));
  bucket.reserve();
  EXPECT_FALSE(bucket.untouched(kBegin));
  bucket.start(kBegin);
  EXPECT_FALSE(bucket.untouched(kBegin + 999ms));
  EXPECT_TRUE(bucket.untouched(kBegin + 1s));
}

TEST(TokenBucketTest, NumbersAtTheEndOfTheirRangeDoNotOverflow) {
  TokenBucket huge(UINT64_MAX, 24h, UINT64_MAX, kBegin);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(take(huge, kBegin));
  EXPECT_TRUE(huge.has(kBegin + 24h * 365 * 1000));
  TokenBucket slow(1, 24h * 365, UINT64_MAX, kBegin);
  EXPECT_TRUE(take(slow, kBegin + 24h * 365 * 1000));
}

// Whatever is asked and when: in no stretch of time more starts than the burst and what came in.
TEST(TokenBucketTest, NeverGivesMoreThanItsRateInAnyStretchOfTime) {
  std::mt19937 random(3);  // NOLINT: the same numbers on every run
  for (int round = 0; round < 50; ++round) {
    const uint64_t count = 1 + random() % 9, burst = 1 + random() % 4;
    TokenBucket bucket(count, 1s, burst, kBegin);
    std::vector<SteadyTime> starts;
    SteadyTime now = kBegin;
    for (int i = 0; i < 200; ++i) {
      now += std::chrono::microseconds(random() % 300'000);
      while (random() % 4 != 0 && take(bucket, now)) starts.push_back(now);
    }
    for (size_t first = 0; first < starts.size(); ++first) {
      for (size_t last = first; last < starts.size(); ++last) {
        const auto time = static_cast<uint64_t>((starts[last] - starts[first]).count());
        ASSERT_LE(last - first + 1, burst + (time + 1) * count / 1'000'000);
      }
    }
  }
}

}  // namespace
}  // namespace trunkd
