#include "http/query.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(QueryTest, NamesAreComparedDecoded) {
  for (const char* written : {"a b", "a+b", "a%20b", "%61+%62"}) {
    EXPECT_TRUE(means(written, "a b")) << written;
  }
  EXPECT_TRUE(means("%C3%a4", "\xc3\xa4"));
  EXPECT_TRUE(means("a%2Bb", "a+b"));
  EXPECT_TRUE(means("100%", "100%"));  // no escape: it stands for itself
  EXPECT_TRUE(means("%zz", "%zz"));
  EXPECT_TRUE(means("", ""));
  for (const char* other : {"", "a", "A+b", "a%2bb", "a+b+", "a%20"}) {
    EXPECT_FALSE(means(other, "a b")) << other;
  }
}

TEST(QueryTest, AParameterIsWhatStandsBetweenAmpersands) {
  const auto has = [](std::string_view query, std::string_view name) {
    return has_parameter(query, name);
  };
  EXPECT_TRUE(has("a=1&b", "a"));
  EXPECT_TRUE(has("a=1&b", "b"));
  EXPECT_TRUE(has("&&b=&", "b"));
  EXPECT_TRUE(has("a=b=c", "a"));
  EXPECT_FALSE(has("a=1;b=2", "b"));
  EXPECT_FALSE(has("x=a", "a"));
  EXPECT_FALSE(has("", "a"));
}

TEST(QueryTest, WhatIsNotTakenOutStaysByteForByte) {
  const auto without_key = [](std::string_view query) {
    return without_parameters(
        query, [](const QueryParameter& parameter) { return means(parameter.name, "key"); });
  };
  EXPECT_EQ(without_key("a=%7e&key=1&b=+"), "a=%7e&b=+");
  EXPECT_EQ(without_key("key=1&a&k%65y"), "a");
  EXPECT_EQ(without_key("key"), "");
  EXPECT_EQ(without_key("a&&b&"), "a&&b&");
  EXPECT_EQ(without_key("a&&key=1"), "a&");
  EXPECT_EQ(without_key(""), "");
}

TEST(QueryTest, AllButTheUnreservedIsEncoded) {
  std::string out;
  append_percent_encoded(out, "aZ09-._~ &=+%/?\xc3\xa4\n");
  EXPECT_EQ(out, "aZ09-._~%20%26%3D%2B%25%2F%3F%C3%A4%0A");
}

}  // namespace
}  // namespace trunkd
