#include "daemon/commands/import/shell_words.h"

#include <gtest/gtest.h>

#include "daemon/commands/quoting.h"

namespace trunkd {
namespace {

using Words = std::vector<std::string>;

Words shell_words(std::string_view text) {
  const auto read = read_shell_words(text);
  EXPECT_TRUE(read) << read.error();
  return read ? read->words : Words();
}

std::string shell_error(std::string_view text) {
  const auto read = read_shell_words(text);
  EXPECT_FALSE(read);
  return read ? "" : read.error();
}

TEST(ShellWordsTest, QuotesOfAllKindsAreOneWord) {
  EXPECT_EQ(shell_words("curl  'a b'\t\"c d\" e\\ f g'h'\"i\""),
            (Words{"curl", "a b", "c d", "e f", "ghi"}));
  EXPECT_EQ(shell_words("'' \"\" x"), (Words{"", "", "x"}));
  EXPECT_EQ(shell_words("'it'\\''s'"), (Words{"it's"}));
}

TEST(ShellWordsTest, InDoubleQuotesABackslashQuotesOnlyWhatIsSpecialThere) {
  EXPECT_EQ(shell_words(R"("a\"b\\c\$d\`e\nf")"), (Words{R"(a"b\c$d`e\nf)"}));
  EXPECT_EQ(shell_words("\"a\\\nb\""), (Words{"ab"}));
}

TEST(ShellWordsTest, DollarQuotesHaveTheEscapesOfC) {
  EXPECT_EQ(shell_words(R"($'a\n\t\'\"\\\x41\101\u00e4\U0001F600')"),
            (Words{"a\n\t'\"\\AA\xc3\xa4\xf0\x9f\x98\x80"}));
  EXPECT_EQ(shell_words("$'\\q'"), (Words{"\\q"}));
  EXPECT_EQ(shell_words("a$'\\u0021'"), (Words{"a!"}));  // as browsers write an exclamation mark
}

TEST(ShellWordsTest, ABackslashAtTheEndOfALineJoinsItToTheNext) {
  EXPECT_EQ(shell_words("curl \\\n  -H a \\\r\n  b\\\nc"), (Words{"curl", "-H", "a", "bc"}));
}

TEST(ShellWordsTest, VariablesAreMarkedUnlessTheyAreInSingleQuotes) {
  const Words words = shell_words("\"a $B\" $C ${D}e '$F' \\$G a$");
  ASSERT_EQ(words.size(), 6u);
  EXPECT_TRUE(has_variable(words[0]));
  EXPECT_EQ(variable_of(words[0]), "");
  EXPECT_EQ(variable_of(words[1]), "C");
  EXPECT_EQ(sh_quoted_word(words[0]), "'a '\"$B\"");
  EXPECT_EQ(sh_quoted_word(words[2]), "\"$D\"e");
  EXPECT_EQ(words[3], "$F");
  EXPECT_EQ(words[4], "$G");
  EXPECT_EQ(words[5], "a$");
}

TEST(ShellWordsTest, TheFirstCommandEndsAtAnOperatorOrALineEnd) {
  const auto piped = read_shell_words("\n# a comment\ncurl a 2>/dev/null > out b | jq .");
  ASSERT_TRUE(piped);
  EXPECT_EQ(piped->words, (Words{"curl", "a", "b"}));
  EXPECT_EQ(piped->passed_over, (Words{"a redirection", "a redirection", "what stands behind |"}));
  const auto lines = read_shell_words("curl a\ncurl b\n");
  ASSERT_TRUE(lines);
  EXPECT_EQ(lines->words, (Words{"curl", "a"}));
  EXPECT_EQ(lines->passed_over, (Words{"the lines behind the command"}));
  EXPECT_TRUE(read_shell_words("curl a\n\n")->passed_over.empty());
}

TEST(ShellWordsTest, WhatWouldHaveToBeComputedIsAnError) {
  for (const char* text : {"curl $(cat token)", "curl \"`cat token`\"", "curl `x`", "curl ${A:-b}",
                           "curl $1", "curl \"$@\"", "(curl a)"}) {
    EXPECT_FALSE(read_shell_words(text)) << text;
  }
  EXPECT_NE(shell_error("curl ^\"https://a.example^\" ^\n").find("cmd.exe"), std::string::npos);
}

TEST(ShellWordsTest, NoErrorQuotesWhatMayBeASecret) {
  for (const char* text :
       {"curl 'sesame", "curl \"sesame", "curl $'sesame", "curl sesame$(x)", "curl 'sesame' \x03",
        "curl $'sesame\\x'", "curl $'sesame\\uD800'", "curl $'sesame\\0'"}) {
    EXPECT_EQ(shell_error(text).find("sesame"), std::string::npos) << text;
  }
}

TEST(ShellWordsTest, LimitsHold) {
  EXPECT_FALSE(read_shell_words(std::string(kMaxShellText + 1, 'a')));
  std::string many;
  for (size_t i = 0; i <= kMaxShellWords; ++i) many += "a ";
  EXPECT_FALSE(read_shell_words(many));
  EXPECT_FALSE(check_words({"a\x01"}));
  EXPECT_TRUE(check_words({"a", "b"}));
}

TEST(QuotingTest, AShellReadsBackWhatWasQuoted) {
  for (const std::string text : {"plain-1.2_3/x", "", "a b", "it's", "$HOME `x` \\ \"", "=x", "~",
                                 "a\nb", "*?[", "#", "\xc3\xa4"}) {
    EXPECT_EQ(shell_words(sh_quoted(text)), (Words{text}));
  }
  EXPECT_EQ(sh_quoted("http://127.0.0.1:8101"), "http://127.0.0.1:8101");
}

TEST(QuotingTest, FishNeedsTheBackslashDoubled) {
  EXPECT_EQ(fish_quoted("a'b\\c$d"), R"('a\'b\\c$d')");
}

TEST(QuotingTest, YamlHasQuotesWhereverItCouldMeanSomethingElse) {
  EXPECT_EQ(yaml_quoted("https://a.example:8443/x"), "https://a.example:8443/x");
  EXPECT_EQ(yaml_quoted("file:/etc/trunkd/a.token"), "file:/etc/trunkd/a.token");
  EXPECT_EQ(yaml_quoted("no"), "\"no\"");
  EXPECT_EQ(yaml_quoted("1.2"), "\"1.2\"");
  EXPECT_EQ(yaml_quoted("a: b"), "\"a: b\"");
  EXPECT_EQ(yaml_quoted("a #b"), "\"a #b\"");
  EXPECT_EQ(yaml_quoted("$a\"\\"), "\"$$a\\\"\\\\\"");
  EXPECT_EQ(yaml_quoted(""), "\"\"");
}

}  // namespace
}  // namespace trunkd
