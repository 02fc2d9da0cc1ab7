#include "base/rfc3339.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(Rfc3339Test, TimesAreWrittenInUtcAndWholeSeconds) {
  EXPECT_EQ(rfc3339(WallTime{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339(WallTime(Duration(1'767'225'600s) + 999ms)), "2026-01-01T00:00:00Z");
}

}  // namespace
}  // namespace trunkd
