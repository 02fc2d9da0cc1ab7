#include "http/date.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

WallTime at(int64_t seconds) { return WallTime(std::chrono::seconds(seconds)); }

constexpr int64_t kRfcExample = 784111777;

TEST(DateTest, IsWrittenAsImfFixdate) {
  EXPECT_EQ(format_http_date(at(kRfcExample)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(format_http_date(at(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(format_http_date(at(951782399) + 999ms), "Mon, 28 Feb 2000 23:59:59 GMT");
  EXPECT_EQ(format_http_date(at(951782400)), "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST(DateTest, AllThreeFormatsAreRead) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), at(kRfcExample));
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), at(kRfcExample));
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), at(kRfcExample));
  EXPECT_EQ(parse_http_date("Sun Nov 16 08:49:37 1994"), at(kRfcExample + 10 * 86400));
}

TEST(DateTest, TwoDigitYearsHaveAPivot) {
  EXPECT_EQ(parse_http_date("Friday, 01-Jan-69 00:00:00 GMT"), at(-31536000));
  EXPECT_EQ(parse_http_date("Sunday, 01-Jan-68 00:00:00 GMT"), at(3092601600));
}

TEST(DateTest, WhatIsNoDateIsRefused) {
  for (const std::string_view text :
       {"", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT"}) {
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
}

TEST(DateTest, WhatIsWrittenIsReadAgain) {
  for (int64_t seconds = -5'000'000'000; seconds < 50'000'000'000; seconds += 987'654'321) {
    EXPECT_EQ(parse_http_date(format_http_date(at(seconds))), at(seconds));
  }
}

}  // namespace
}  // namespace trunkd
