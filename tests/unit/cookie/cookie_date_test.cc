#include "cookie/cookie_date.h"

#include <gtest/gtest.h>
#include <string>

#include "http/date.h"

namespace trunkd {
namespace {

std::string date(std::string_view text) {
  const auto time = parse_cookie_date(text);
  return time ? format_http_date(*time) : "none";
}

constexpr std::string_view kMoment = "Tue, 09 Mar 2021 17:04:05 GMT";

TEST(CookieDateTest, TheFormatsOfHttpAreRead) {
  EXPECT_EQ(date("Tue, 09 Mar 2021 17:04:05 GMT"), kMoment);
  EXPECT_EQ(date("Tuesday, 09-Mar-21 17:04:05 GMT"), kMoment);
  EXPECT_EQ(date("Tue Mar  9 17:04:05 2021"), kMoment);
  EXPECT_EQ(date("Tue, 09-Mar-2021 17:04:05 GMT"), kMoment);
  EXPECT_EQ(date("Thu, 01 Jan 1970 00:00:00 GMT"), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(date("Thu, 01-Jan-1970 00:00:01 GMT"), "Thu, 01 Jan 1970 00:00:01 GMT");
}

TEST(CookieDateTest, PartsComeInAnyOrder) {
  for (const std::string_view text :
       {"17:04:05 Tue Mar 09 2021 GMT", "Tue 17:04:05 Mar 09 2021", "Tue Mar 17:04:05 09 2021",
        "Tue Mar 09 2021 GMT 17:04:05", "2021 March 9 17:04:05", "9 March 2021 17:04:05",
        "Mar 9 21 17:04:05", "Mar 9 17:04:05 21", "9 21 Mar 17:04:05", "9-Tue, Mar-21 17:04:05",
        "9-Tue, Mar 17:04:05 GMT 21", "17:04:05 9 mar 2021", "09 Mar 17:04:05 2021 GMT"}) {
    EXPECT_EQ(date(text), kMoment) << text;
  }
}

TEST(CookieDateTest, WhatIsNoPartOfADateIsSkipped) {
  for (const std::string_view text :
       {"", " ", ", ", "Funday, ", "Nonsense   , ", "\t", "GMT ", "::00 ", "boink:z ", "a=b;", "x ",
        "12345 ", ": ", ":1:1:1 "}) {
    EXPECT_EQ(date(std::string(text) + "9-Mar-2021 17:04:05"), kMoment) << text;
  }
  for (const std::string_view text :
       {"", " ", " GMT", " GMT-2", " GMT-0500 (EST)", " -0400", " DST", " (hello there)",
        " 11:22:33", " 31 Dec 1999 23:59:59", " GMT, baz=qux", ".123Z", " \xff\xfe"}) {
    EXPECT_EQ(date("9-Mar-2021 17:04:05" + std::string(text)), kMoment) << text;
  }
}

TEST(CookieDateTest, EveryDelimiterSeparates) {
  for (int byte = 1; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool delimiter = byte == 0x09 || (byte >= 0x20 && byte <= 0x2f) ||
                           (byte >= 0x3b && byte <= 0x40) || (byte >= 0x5b && byte <= 0x60) ||
                           (byte >= 0x7b && byte <= 0x7e);
    const std::string text = std::string("9") + c + "Mar" + c + "2021" + c + "17:04:05";
    EXPECT_EQ(date(text), delimiter ? kMoment : "none") << byte;
  }
  EXPECT_EQ(date("\"Tue, 9/Mar\\2021\"17:04:05\"GMT\""), kMoment);
}

TEST(CookieDateTest, NumbersMayHaveATailOfAnyBytesButDigits) {
  for (const std::string_view text :
       {"9th Mar 2021 17:04:05", "9 Mar 2021AD 17:04:05", "9 Mar 2021 17:04:05Z",
        "9 Mar 2021 17:04:05:06", "9 Mar 2021 17:04:05\x01", "9\xfe Mar 2021\x80 17:04:05"}) {
    EXPECT_EQ(date(text), kMoment) << text;
  }
}

TEST(CookieDateTest, MonthsAreThreeLettersWithoutCaseAndAnyTail) {
  EXPECT_EQ(date("9-MAR-2021 17:04:05"), kMoment);
  EXPECT_EQ(date("9 mArch 2021 17:04:05"), kMoment);
  EXPECT_EQ(date("9 Marvellous 2021 17:04:05"), kMoment);
  EXPECT_EQ(date("9 Ma 2021 17:04:05"), "none");
  EXPECT_EQ(date("9 Mrz 2021 17:04:05"), "none");
  EXPECT_EQ(date("9 03 2021 17:04:05"), "none");
  const char* const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (const char* month : months) {
    EXPECT_EQ(date(std::string("1 ") + month + " 2021 00:00:00").substr(8, 3), month);
  }
}

TEST(CookieDateTest, TheTimeHasThreeFieldsOfOneOrTwoDigits) {
  EXPECT_EQ(date("9 Mar 2021 7:4:5"), "Tue, 09 Mar 2021 07:04:05 GMT");
  EXPECT_EQ(date("9 Mar 2021 0:0:00"), "Tue, 09 Mar 2021 00:00:00 GMT");
  EXPECT_EQ(date("9 Mar 2021 23:59:59"), "Tue, 09 Mar 2021 23:59:59 GMT");
  for (const std::string_view time :
       {"", "17", "17:04", "17:04:", "17:04:x", ":04:05", "017:04:05", "17:004:05", "17:04:005",
        "24:00:00", "17:60:05", "17:04:60", "17:04:99999999999", "17:61:99999999999", "17: 04:05",
        "17.04.05", "-17:04:05:", "99:99:99"}) {
    const std::string text = "9 Mar 2021 " + std::string(time);
    EXPECT_EQ(date(text), time == "-17:04:05:" ? kMoment : "none") << text;
  }
}

TEST(CookieDateTest, TheFirstOfEachPartCounts) {
  EXPECT_EQ(date("9 Mar 2021 91:22:33 17:04:05"), "none");  // a time, if none that exists
  EXPECT_EQ(date("9 Mar 2021 17:04:05 Apr"), kMoment);
  EXPECT_EQ(date("98 Mar 21 17:04:05"), "none");  // 98 is the day
  EXPECT_EQ(date("9 10 Mar 2021 17:04:05"), "Tue, 09 Mar 2010 17:04:05 GMT");
}

TEST(CookieDateTest, YearsOfTwoDigitsHaveACentury) {
  EXPECT_EQ(date("1 Jan 70 00:00:00"), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(date("1 Jan 99 00:00:00"), "Fri, 01 Jan 1999 00:00:00 GMT");
  EXPECT_EQ(date("1 Jan 00 00:00:00"), "Sat, 01 Jan 2000 00:00:00 GMT");
  EXPECT_EQ(date("1 Jan 69 00:00:00"), "Tue, 01 Jan 2069 00:00:00 GMT");
  EXPECT_EQ(date("1 Jan 0021 00:00:00"), "Fri, 01 Jan 2021 00:00:00 GMT");
  EXPECT_EQ(date("1 Jan 021 00:00:00"), "Fri, 01 Jan 2021 00:00:00 GMT");
}

TEST(CookieDateTest, YearsBefore1601AndOfMoreThanFourDigitsAreRefused) {
  EXPECT_EQ(date("1 Jan 1601 00:00:00"), "Mon, 01 Jan 1601 00:00:00 GMT");
  EXPECT_EQ(date("31 Dec 9999 23:59:59"), "Fri, 31 Dec 9999 23:59:59 GMT");
  for (const std::string_view year :
       {"1600", "100", "0100", "999", "1", "31841", "9999999999", "-", ""}) {
    EXPECT_EQ(date("1 Jan " + std::string(year) + " 00:00:00"), "none") << year;
  }
}

TEST(CookieDateTest, TheDayHasToExist) {
  EXPECT_EQ(date("29 Feb 2020 00:00:00"), "Sat, 29 Feb 2020 00:00:00 GMT");
  EXPECT_EQ(date("29 Feb 2000 00:00:00"), "Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(date("31 Jan 2021 00:00:00"), "Sun, 31 Jan 2021 00:00:00 GMT");
  for (const std::string_view day :
       {"29 Feb 2021", "29 Feb 2100", "30 Feb 2020", "31 Apr 2021", "0 Jan 2021", "00 Jan 2021",
        "32 Jan 2021", "99 Jan 2021", "009 Mar 2021", "999999999999 Mar 2021", "Mar 2021"}) {
    EXPECT_EQ(date(std::string(day) + " 00:00:00"), "none") << day;
  }
}

TEST(CookieDateTest, TheDayOfTheWeekIsNotChecked) {
  EXPECT_EQ(date("Friday, 09 Mar 2021 17:04:05 GMT"), kMoment);
}

TEST(CookieDateTest, WhatIsNoDateIsRefused) {
  for (const std::string_view text :
       {"", " ", "0", "-1", "never", "tomorrow", "1700000000", "2021-03-09T17:04:05Z",
        "2021-03-09 17:04:05", "09/03/2021 17:04:05", "17:04:05"}) {
    EXPECT_EQ(date(text), "none") << text;
  }
}

}  // namespace
}  // namespace trunkd
