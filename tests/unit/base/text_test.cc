// Comparing, cutting, reading numbers and escaping.

#include "base/text.h"

#include <array>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace trunkd {
namespace {

using namespace std::string_literals;

std::vector<std::string> members(std::string_view list) {
  std::vector<std::string> found;
  for_each_member(list, [&](std::string_view member) {
    found.emplace_back(member);
    return true;
  });
  return found;
}
using Members = std::vector<std::string>;

std::string json_escaped(std::string_view text) {
  std::string out;
  append_json_escaped(out, text);
  return out;
}

TEST(TextTest, CaseIsIgnoredForAsciiLettersOnly) {
  EXPECT_TRUE(iequals("Content-Length", "cONTENT-lENGTH"));
  EXPECT_FALSE(iequals("Content-Length", "Content-Lengths"));
  EXPECT_FALSE(iequals("[", "{"));                // 0x20 apart, as letters are
  EXPECT_FALSE(iequals("\xc3\x84", "\xc3\xa4"));  // a with two dots, large and small
  EXPECT_EQ(to_lower("AZ@[\xc3\x84"), "az@[\xc3\x84");
  EXPECT_TRUE(istarts_with("HTTP://x", "http://"));
  EXPECT_FALSE(istarts_with("http:", "http://"));
}

TEST(TextTest, OnlySpacesAndTabsAreTrimmed) {
  EXPECT_EQ(trim(" \t a b\t "), "a b");
  EXPECT_EQ(trim("\r\na\r\n"), "\r\na\r\n");
  EXPECT_EQ(trim(" \t "), "");
}

TEST(TextTest, AListIsCutAtCommasAndEmptyMembersDoNotCount) {
  EXPECT_EQ(members("close, Upgrade ,,\tfoo"), Members({"close", "Upgrade", "foo"}));
  EXPECT_EQ(members(""), Members());
  EXPECT_EQ(members(" , ,"), Members());
}

TEST(TextTest, ACommaInAQuotedStringDoesNotCutTheList) {
  EXPECT_EQ(members(R"(a="x,y", b)"), Members({R"(a="x,y")", "b"}));
  EXPECT_EQ(members(R"(a="x\",y", b)"), Members({R"(a="x\",y")", "b"}));
}

TEST(TextTest, AQuotedStringThatNeverEndsTakesTheRest) {
  EXPECT_EQ(members(R"(a, "b, c)"), Members({"a", R"("b, c)"}));
  EXPECT_EQ(members(R"(a, "b\)"), Members({"a", R"("b\)"}));
}

TEST(TextTest, AListStopsWhereItsReaderSaysSo) {
  int seen = 0;
  for_each_member("a, b, c", [&](std::string_view) { return ++seen < 2; });
  EXPECT_EQ(seen, 2);
}

TEST(TextTest, AListContainsAWholeMemberWithoutCase) {
  EXPECT_TRUE(list_contains("keep-alive, Close", "close"));
  EXPECT_FALSE(list_contains("keep-alive, closed", "close"));
  EXPECT_FALSE(list_contains("\"close\"", "close"));
}

TEST(TextTest, ANumberIsDigitsAndNothingElse) {
  EXPECT_EQ(parse_decimal("0"), 0u);
  EXPECT_EQ(parse_decimal("007"), 7u);
  EXPECT_EQ(parse_decimal("18446744073709551615"), UINT64_MAX);
  for (const char* wrong : {"", "+1", "-1", " 1", "1 ", "1.0", "0x10", "1e3",
                            "18446744073709551616", "99999999999999999999"}) {
    EXPECT_FALSE(parse_decimal(wrong)) << wrong;
  }
}

TEST(TextTest, QuotedInputIsPrintableOnOneLineAndNotLong) {
  EXPECT_EQ(escaped("a\"b\\c"), "a\\\"b\\\\c");
  EXPECT_EQ(escaped("a\r\n\0\x7f\xff"s), "a\\x0d\\x0a\\x00\\x7f\\xff");
  EXPECT_EQ(escaped("abcdef", 6), "abcdef");
  EXPECT_EQ(escaped("abcdefg", 6), "abcdef...");
}

TEST(TextTest, JsonKeepsTextAndReplacesWhatIsNoUtf8) {
  EXPECT_EQ(json_escaped("\"\\\n\t\x01\x7f"), R"(\"\\\n\t\u0001\u007f)");
  EXPECT_EQ(json_escaped("gr\xc3\xbc\xc3\x9f \xf0\x9f\x9a\x87"),
            "gr\xc3\xbc\xc3\x9f \xf0\x9f\x9a\x87");
  const std::string replacement = "\xef\xbf\xbd";
  EXPECT_EQ(json_escaped("a\xff"), "a" + replacement);
  EXPECT_EQ(json_escaped("\xc3"), replacement);                    // cut short
  EXPECT_EQ(json_escaped("\xc0\xaf"), replacement + replacement);  // overlong slash
  EXPECT_EQ(json_escaped("\xed\xa0\x80"), replacement + replacement + replacement);  // surrogate
  EXPECT_EQ(json_escaped("\xf4\x90\x80\x80").size(), 4 * replacement.size());  // beyond U+10FFFF
}

TEST(TextTest, EveryPairOfBytesBecomesValidJson) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string bytes{static_cast<char>(first), static_cast<char>(second)};
      EXPECT_TRUE(nlohmann::json::accept('"' + json_escaped(bytes) + '"'));
    }
  }
}

TEST(TextTest, EditDistanceCountsInsertionsDeletionsAndSubstitutions) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("conections", "connections"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(TextTest, TheNearestWordIsOfferedOnlyIfItIsNear) {
  const std::array<std::string_view, 4> known = {"connections", "listen", "endpoint", "via"};
  EXPECT_EQ(nearest_word("conections", known), "connections");
  EXPECT_EQ(nearest_word("conectionss", known), "connections");
  EXPECT_EQ(nearest_word("lisen", known), "listen");
  EXPECT_EQ(nearest_word("vai", known), std::nullopt);  // two of three letters differ
  EXPECT_EQ(nearest_word("password", known), std::nullopt);
  EXPECT_EQ(nearest_word("", known), std::nullopt);
}

}  // namespace
}  // namespace trunkd
