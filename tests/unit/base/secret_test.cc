#include "base/secret.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(SecretTest, OneLineEndIsCutOff) {
  for (const char* found : {"token", "token\n", "token\r\n"}) {
    EXPECT_EQ(secret_value(found, "env:T").value(), "token");
  }
  EXPECT_EQ(secret_value(" to ken \n", "env:T").value(), " to ken ");
  EXPECT_EQ(secret_value("p\xc3\xa4ss", "env:T").value(), "p\xc3\xa4ss");
}

TEST(SecretTest, WhatCouldBreakOutOfItsPlaceIsRefusedAndNotQuoted) {
  using namespace std::string_literals;
  for (const std::string& found : {"canary\n\n"s, "can\nary"s, "can\rary"s, "canary\r"s,
                                   "can\0ary"s, "can\tary"s, "canary\x7f"s}) {
    const auto value = secret_value(found, "file:/t");
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().kind, ErrorKind::credential_unavailable);
    EXPECT_EQ(value.error().detail,
              "the secret file:/t cannot be used: it has control bytes or more than one line");
  }
}

TEST(SecretTest, AnEmptyOneIsNone) {
  for (const char* found : {"", "\n", "\r\n"}) {
    const auto value = secret_value(found, "file:/t");
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().detail, "the secret file:/t cannot be used: it is empty");
  }
}

TEST(SecretTest, AFixedOneStaysAsItWasFound) {
  EXPECT_EQ(FixedSecret(std::string("x")).value().value(), "x");
  const FixedSecret none(no_secret("env:T", "the variable is not set"));
  EXPECT_EQ(none.value().error().detail,
            "the secret env:T cannot be used: the variable is not set");
}

}  // namespace
}  // namespace trunkd
