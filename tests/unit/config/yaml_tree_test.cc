#include "config/yaml_tree.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

using Mistakes = std::vector<std::string>;

struct Parsed {
  YamlNodePtr root;
  Mistakes mistakes;
};

Parsed parse(std::string_view text) {
  std::vector<ConfigMistake> mistakes;
  Parsed parsed{parse_yaml(text, "t", mistakes), {}};
  for (const ConfigMistake& mistake : mistakes) parsed.mistakes.push_back(mistake.text());
  EXPECT_TRUE(parsed.root);
  return parsed;
}

std::string only_mistake(std::string_view text) {
  const Mistakes mistakes = parse(text).mistakes;
  EXPECT_EQ(mistakes.size(), 1U) << text;
  return mistakes.empty() ? "" : mistakes.front();
}

std::string repeated(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(YamlTreeTest, NodesKnowWhereTheyStand) {
  const Parsed parsed = parse("a: 1\nb:\n  - x\n  - 'y'\n");
  ASSERT_EQ(parsed.mistakes, Mistakes{});
  const auto& entries = parsed.root->entries;
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].place.column, 1);
  EXPECT_EQ(entries[0].value->place.column, 4);
  const YamlNode& second = *entries[1].value->items.at(1);
  EXPECT_EQ(second.place.line, 4);
  EXPECT_EQ(second.place.column, 5);
  EXPECT_TRUE(second.quoted);
  EXPECT_FALSE(entries[1].value->items[0]->quoted);
}

TEST(YamlTreeTest, AByteOrderMarkAndWindowsLinesAreNoMistake) {
  const Parsed parsed = parse(
      "\xef\xbb\xbf"
      "a: 1\r\nb: \"2\"\r\n");
  EXPECT_EQ(parsed.mistakes, Mistakes{});
  ASSERT_EQ(parsed.root->entries.size(), 2U);
  EXPECT_EQ(parsed.root->entries[1].value->text, "2");
}

TEST(YamlTreeTest, KeysThatStartWithXStayForTheReaderToIgnoreAndTheirAnchorsCount) {
  const Parsed parsed = parse("x-a: &a {b: 1, x-c: 2}\nd: *a\n");
  EXPECT_EQ(parsed.mistakes, Mistakes{});
  ASSERT_EQ(parsed.root->entries.size(), 2U);
  EXPECT_TRUE(is_ignored(parsed.root->entries[0].key));
  EXPECT_EQ(parsed.root->entries[1].value->entries.size(), 2U);
}

TEST(YamlTreeTest, AQuotedMergeKeyIsAnOrdinaryKey) {
  EXPECT_EQ(parse("\"<<\": {a: 1}\n").root->entries.at(0).key, "<<");
  EXPECT_EQ(only_mistake("<<: 1\n"), "t:1:1: <<: only a mapping, or a list of them, can be merged");
}

TEST(YamlTreeTest, DuplicateKeysAreToldWithTheirPath) {
  EXPECT_EQ(only_mistake("a:\n  b:\n    - c: 1\n      c: 2\n"),
            "t:4:7: a.b[0].c: duplicate key, first on line 3");
}

TEST(YamlTreeTest, BrokenYamlIsToldWithItsPlace) {
  EXPECT_EQ(only_mistake("a:\n  b: 1\n\tc: 2\n"),
            "t:3:1: not valid YAML: illegal tab when looking for indentation (YAML does not allow "
            "tabs for indentation: use spaces)");
  EXPECT_EQ(only_mistake("a: [1, 2\n").substr(0, 6), "t:2:1:");
  EXPECT_EQ(only_mistake("a: b: c\n").substr(0, 6), "t:1:5:");
  // yaml-cpp 0.8 adds the anchor's name, 0.7 does not.
  const std::string anchor = only_mistake("a: *nothing\n");
  EXPECT_TRUE(anchor.starts_with("t:1:4: not valid YAML: the referenced anchor is not defined"));
  EXPECT_TRUE(anchor.ends_with(" (a value that begins with * must stand in quotes)")) << anchor;
  EXPECT_EQ(only_mistake("a: [1, 2]\n]\n").substr(0, 6), "t:2:1:");
}

// The place and what stands between the brackets at the end.
std::string hint(std::string_view text) {
  const std::string mistake = only_mistake(text);
  const size_t place = mistake.find(": "), start = mistake.find(" (");
  if (start == std::string::npos) return mistake;
  return mistake.substr(0, place + 2) + mistake.substr(start + 2, mistake.size() - start - 3);
}

TEST(YamlTreeTest, TabsInTheIndentationAreNamed) {
  const std::string tabs = "YAML does not allow tabs for indentation: use spaces";
  EXPECT_EQ(hint("sessions:\n\tshop:\n\t\tbase_url: https://a.example\n"), "t:2:6: " + tabs);
  EXPECT_EQ(hint("sessions:\n  shop:\n\t via: on\n"), "t:3:6: " + tabs);
  EXPECT_EQ(hint("a:\n  b:\n\t- c\n"), "t:3:2: " + tabs);
  EXPECT_EQ(parse("listen:\t8101\n").mistakes, Mistakes{});
}

TEST(YamlTreeTest, AnAddressInBracketsIsToBeQuoted) {
  EXPECT_EQ(hint("listen: [::1]:8101\n"), "t:1:14: put it in quotes: \"[::1]:8101\"");
  EXPECT_EQ(hint("a:\n  - [fe80::1%eth0]:81 # x\n"),
            "t:2:19: put it in quotes: \"[fe80::1%eth0]:81\"");
  EXPECT_EQ(hint("a: {b: c, listen: [::1]:81}\n"), "t:1:24: put it in quotes: \"[::1]:81\"");
  EXPECT_EQ(
      only_mistake("a: [[::1]:81]\n"),
      "t:1:5: a[0]: a key must be a word, and an address as \"[::1]:8101\" must stand in quotes");
  EXPECT_EQ(hint("a: [b, sesame]:81\n").find("sesame"), std::string::npos);
}

TEST(YamlTreeTest, AColonWithinAValueIsToBeQuoted) {
  const std::string quotes = "a value with \": \" in it must stand in quotes";
  EXPECT_EQ(hint("a: b: c\n"), "t:1:5: " + quotes);
  EXPECT_EQ(hint("a: {b: c: d, e: f}\n"), "t:1:9: " + quotes);
  const std::string no_entry = "the line above is no \"key: value\", with a space behind the colon";
  EXPECT_EQ(hint("a:\n  base_url:https://x\n  b: c\n"), "t:3:4: " + no_entry);
  EXPECT_EQ(hint("a:\n  connections 2\n\n  b: c\n"), "t:4:4: " + no_entry);
}

TEST(YamlTreeTest, AWrongIndentationIsNamed) {
  const std::string deeper =
      "this line is indented deeper than the one above, which has a value already";
  const std::string other = "is this line indented as those that it belongs with?";
  EXPECT_EQ(hint("a:\n  b: c\n   d: e\n"), "t:3:5: " + deeper);
  EXPECT_EQ(hint("a:\n  b: {c: d}\n    e: f\n"), "t:3:5: " + deeper);
  EXPECT_EQ(hint("a:\n    b: c\n  d: e\n"), "t:3:3: " + other);
  EXPECT_EQ(hint("a:\n  b:\n    - c\n   - d\n"), "t:4:4: " + other);
}

TEST(YamlTreeTest, WhatIsNotClosedIsNamed) {
  EXPECT_EQ(hint("a: {b: c\nd: e\n"), "t:2:2: a { before this is not closed");
  EXPECT_EQ(hint("a: [b\nd: e\n"), "t:2:2: a [ before this is not closed");
  EXPECT_EQ(hint("a: - b\n"), "t:1:4: a list begins on a line of its own, or stands in [ ]");
}

TEST(YamlTreeTest, QuotesThatDoNotEndAreTold) {
  EXPECT_EQ(only_mistake("a: \"b\nc: 1\n"), "t:1:4: not valid YAML: the quotes do not end");
  EXPECT_EQ(only_mistake("a: 'b''\n"), "t:1:4: not valid YAML: the quotes do not end");
  EXPECT_EQ(only_mistake("a: \"b\\\"\n"), "t:1:4: not valid YAML: the quotes do not end");
  EXPECT_EQ(parse("a: \"b\\\"\"").mistakes, Mistakes{});
  EXPECT_EQ(parse("a: 'it''s'").mistakes, Mistakes{});
}

TEST(YamlTreeTest, ThereIsOneDocument) {
  EXPECT_EQ(parse("---\na: 1\n...\n").mistakes, Mistakes{});
  EXPECT_EQ(only_mistake("a: 1\n---\nb: 2\n"),
            "t:2:1: a configuration is one YAML document, a second one begins here");
  EXPECT_EQ(only_mistake("- a\nb: 1\n"),
            "t:2:1: not valid YAML: this does not belong to what stands before it");
}

TEST(YamlTreeTest, WhatIsNotTextIsTold) {
  EXPECT_EQ(only_mistake(std::string_view("a: 1\nb: \0", 9)),
            "t:2:4: not UTF-8 text, or a control character");
  EXPECT_EQ(only_mistake("a: \xff"), "t:1:4: not UTF-8 text, or a control character");
  EXPECT_EQ(only_mistake(std::string_view("\xff\xfe"
                                          "a\0",
                                          4))
                .substr(0, 6),
            "t:1:1:");
}

TEST(YamlTreeTest, KeysAreWords) {
  EXPECT_EQ(only_mistake("? [a, b]\n: 1\n"), "t:1:3: a key must be a word");
  EXPECT_EQ(only_mistake("~: 1\n"), "t:1:1: a key must be a word");
}

TEST(YamlTreeTest, DeepNestingIsRefusedNotFollowed) {
  EXPECT_EQ(parse(repeated("[", 30) + repeated("]", 30)).mistakes, Mistakes{});
  for (const char* opening : {"[", "{a: ", "- ", "? ", "[{a: "}) {
    const std::string mistake = only_mistake(repeated(opening, 200'000));
    EXPECT_NE(mistake.find("nested deeper than 32 levels"), std::string::npos) << opening;
  }
}

TEST(YamlTreeTest, AliasesThatExpandToALotAreRefused) {
  std::string text = "x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string last = "*x" + std::to_string(i - 1);
    text += "x" + std::to_string(i) + ": &x" + std::to_string(i) + " [" + last +
            repeated(", " + last, 9) + "]\n";
  }
  EXPECT_NE(only_mistake(text).find("more than 100000 values"), std::string::npos);
  EXPECT_NE(only_mistake("a: &a [*a]\n").find("inside its own anchor"), std::string::npos);
}

TEST(YamlTreeTest, TextsThatStallAParserAreTold) {
  EXPECT_FALSE(parse(",").mistakes.empty());  // yaml-cpp finds documents in it for ever
  EXPECT_FALSE(parse(repeated(",", 100'000)).mistakes.empty());
}

}  // namespace
}  // namespace trunkd
