#include "session/priority.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

constexpr PriorityConfig kDefaultFour{.obey_header = true, .default_urgency = 4};

int urgency(std::string_view value) {
  Headers headers;
  headers.add("priority", value);
  return urgency_of(headers, kDefaultFour);
}

TEST(PriorityTest, TheUrgencyIsReadFromADictionary) {
  EXPECT_EQ(urgency("u=0"), 0);
  EXPECT_EQ(urgency("u=7"), 7);
  EXPECT_EQ(urgency("i, u=2"), 2);
  EXPECT_EQ(urgency("u=5, i"), 5);
  EXPECT_EQ(urgency("  u=1;x=\"a,u=6\" , i=?0"), 1);
  EXPECT_EQ(urgency("u=1, u=6"), 6);
}

TEST(PriorityTest, WhatCannotBeReadLeavesTheDefault) {
  for (const char* value :
       {"", "i", "u", "u=", "u=8", "u=-1", "u=1.0", "u=\"1\"", "u=?1", "u= 1", "U=1", "ux=1",
        "u;a=1", "=1", "u=99999999999999999999", "a=\"u=1\"", "a=\"x, u=1\"", "u=1, u=high"}) {
    EXPECT_EQ(urgency(value), 4) << value;
  }
}

TEST(PriorityTest, SeveralFieldsAreOneList) {
  Headers headers;
  headers.add("Priority", "u=1");
  headers.add("PRIORITY", "i");
  EXPECT_EQ(urgency_of(headers, kDefaultFour), 1);
  headers.add("Priority", "u=6");
  EXPECT_EQ(urgency_of(headers, kDefaultFour), 6);
}

TEST(PriorityTest, ASessionMayIgnoreTheField) {
  Headers headers;
  headers.add("Priority", "u=0");
  EXPECT_EQ(urgency_of(headers, {.obey_header = false, .default_urgency = 5}), 5);
  EXPECT_EQ(urgency_of(Headers(), kDefaultFour), 4);
}

}  // namespace
}  // namespace trunkd
