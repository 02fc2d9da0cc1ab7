#include "base/duration_histogram.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(DurationHistogramTest, ABoundBelongsToItsOwnBucket) {
  DurationHistogram histogram;
  histogram.observe(500us);
  histogram.observe(501us);
  EXPECT_EQ(histogram.counts()[0], 1u);
  EXPECT_EQ(histogram.counts()[1], 1u);
  EXPECT_EQ(histogram.count(), 2u);
  EXPECT_EQ(histogram.sum(), 1001us);
}

TEST(DurationHistogramTest, WhatIsLongerThanTheLastBoundIsCountedToo) {
  DurationHistogram histogram;
  histogram.observe(1h);
  EXPECT_EQ(histogram.counts().back(), 1u);
  EXPECT_EQ(histogram.count(), 1u);
  EXPECT_EQ(histogram.sum(), 1h);
}

TEST(DurationHistogramTest, NoTimeAtAllIsInTheFirstBucket) {
  DurationHistogram histogram;
  histogram.observe(0us);
  EXPECT_EQ(histogram.counts().front(), 1u);
}

TEST(DurationHistogramTest, TheBoundsRise) {
  const auto& bounds = DurationHistogram::kBounds;
  EXPECT_TRUE(std::is_sorted(bounds.begin(), bounds.end()));
  EXPECT_EQ(std::adjacent_find(bounds.begin(), bounds.end()), bounds.end());
}

}  // namespace
}  // namespace trunkd
