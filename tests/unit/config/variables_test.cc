#include "config/variables.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

std::optional<std::string> two_are_set(const std::string& name) {
  if (name == "HOST") return "a.example";
  if (name == "EMPTY") return "";
  if (name == "TRICKY") return "${HOST}$$";
  return std::nullopt;
}

std::string expand(std::string_view text) {
  const auto expanded = expand_variables(text, two_are_set);
  return expanded ? expanded->text : "mistake: " + expanded.error();
}

TEST(VariablesTest, VariablesAreReplacedAnywhereInAText) {
  EXPECT_EQ(expand("https://${HOST}/${HOST}"), "https://a.example/a.example");
  EXPECT_EQ(expand("none"), "none");
}

TEST(VariablesTest, ADefaultCountsIfTheVariableIsUnsetOrEmpty) {
  EXPECT_EQ(expand("${HOST:-b}"), "a.example");
  EXPECT_EQ(expand("${UNSET:-b:-c}"), "b:-c");
  EXPECT_EQ(expand("${EMPTY:-b}"), "b");
  EXPECT_EQ(expand("${UNSET:-}"), "");
  EXPECT_EQ(expand("[${EMPTY}]"), "[]");
}

TEST(VariablesTest, TwoDollarsAreOne) {
  EXPECT_EQ(expand("$$"), "$");
  EXPECT_EQ(expand("$${HOST}"), "${HOST}");
  EXPECT_EQ(expand("$$$$a"), "$$a");
}

TEST(VariablesTest, AValueIsNotLookedThroughForVariables) {
  EXPECT_EQ(expand("${TRICKY}"), "${HOST}$$");
}

TEST(VariablesTest, OnlyATextWithAVariableIsChanged) {
  EXPECT_TRUE(expand_variables("${HOST}", two_are_set)->changed);
  EXPECT_FALSE(expand_variables("$$", two_are_set)->changed);
}

TEST(VariablesTest, MistakesSayWhatToWrite) {
  EXPECT_EQ(expand("${UNSET}"),
            "mistake: the variable UNSET is not set (${UNSET:-default} gives it a default)");
  EXPECT_EQ(expand("$HOST"), "mistake: a dollar is written $$, and a variable ${NAME}");
  EXPECT_EQ(expand("a$"), "mistake: a dollar is written $$, and a variable ${NAME}");
  EXPECT_EQ(expand("${HOST"), "mistake: ${ without a closing }");
  EXPECT_EQ(expand("${A:-${B}}"), "mistake: the default of A may not have a $ in it");
  for (const char* text : {"${}", "${1A}", "${A-b}", "${ A }", "${:-x}"}) {
    EXPECT_NE(expand(text).find("is not a variable"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace trunkd
