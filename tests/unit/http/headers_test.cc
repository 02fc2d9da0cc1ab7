#include "http/headers.h"

#include <gtest/gtest.h>

#include "unit/http/parser_events.h"

namespace trunkd {
namespace {

Headers some() {
  Headers headers;
  headers.add("Host", "h");
  headers.add("Set-Cookie", "a=1");
  headers.add("X-Empty", "");
  headers.add("set-cookie", "b=2");
  return headers;
}

TEST(HeadersTest, KeepOrderSpellingAndDuplicates) {
  EXPECT_EQ(describe(some()), "[Host: h][Set-Cookie: a=1][X-Empty: ][set-cookie: b=2]");
  EXPECT_EQ(some().size(), 4u);
}

TEST(HeadersTest, AreFoundWithoutCase) {
  const Headers headers = some();
  EXPECT_EQ(headers.get("SET-COOKIE"), "a=1");
  EXPECT_EQ(headers.count("Set-Cookie"), 2u);
  EXPECT_EQ(headers.get("x-empty"), "");
  EXPECT_TRUE(headers.has("host"));
  EXPECT_FALSE(headers.has("Hos"));
  EXPECT_EQ(headers.get("Hostt"), std::nullopt);
}

TEST(HeadersTest, SetReplacesAllOfThatName) {
  Headers headers = some();
  headers.set("SET-Cookie", "c=3");
  EXPECT_EQ(describe(headers), "[Host: h][X-Empty: ][SET-Cookie: c=3]");
}

TEST(HeadersTest, RemoveTakesOutAllOfThatName) {
  Headers headers = some();
  headers.remove("set-COOKIE");
  EXPECT_EQ(describe(headers), "[Host: h][X-Empty: ]");
  headers.remove("nothing");
  EXPECT_EQ(headers.size(), 2u);
}

TEST(HeadersTest, AFieldMayComeInPieces) {
  Headers headers;
  headers.start_field();
  headers.append_name("Ho");
  headers.append_name("st");
  headers.append_value("exam");
  headers.append_value("ple \t ");
  headers.trim_last_value();
  headers.start_field();
  headers.append_name("Blank");
  headers.append_value(" \t");
  headers.trim_last_value();
  EXPECT_EQ(describe(headers), "[Host: example][Blank: ]");
}

TEST(HeadersTest, ClearingLeavesNothingBehind) {
  Headers headers = some();
  headers.clear();
  EXPECT_TRUE(headers.empty());
  EXPECT_EQ(headers.bytes(), 0u);
  headers.add("A", "b");
  EXPECT_EQ(describe(headers), "[A: b]");
}

}  // namespace
}  // namespace trunkd
