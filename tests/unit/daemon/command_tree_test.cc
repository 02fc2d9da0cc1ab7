#include "daemon/command_tree.h"

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

#include "daemon/command_line.h"

namespace trunkd {
namespace {

using Kind = ValueInfo::Kind;

class CommandTreeTest : public testing::Test {
 protected:
  CommandInfo tree() const { return command_tree(app_); }
  ValueInfo value_of_option() const { return tree().options.back().value; }

  CLI::App app_{"A program", "program"};
  bool loud_ = false;
  std::string text_;
  std::vector<std::string> texts_;
  uint64_t number_ = 7;
};

TEST_F(CommandTreeTest, AFlagTakesNoValue) {
  app_.add_flag("--loud", loud_, "Makes noise");
  EXPECT_EQ(value_of_option().kind, Kind::none);
}

TEST_F(CommandTreeTest, WhatAnOptionTakesIsReadOffItsType) {
  app_.add_option("-f,--file", texts_, "Files")->type_name("FILE");
  const OptionInfo file = tree().options.back();
  EXPECT_EQ(file.names, (std::vector<std::string>{"-f", "--file"}));
  EXPECT_EQ(file.value.kind, Kind::file);
  EXPECT_TRUE(file.repeatable);

  app_.add_option("--session", text_, "One")->type_name("SESSION");
  EXPECT_EQ(value_of_option().kind, Kind::session);

  app_.add_option("--word", text_, "Any");
  EXPECT_EQ(value_of_option().kind, Kind::text);
}

TEST_F(CommandTreeTest, ChoicesAndRangesAreReadOffWhatChecksThem) {
  app_.add_option("--for", text_, "When")->check(CLI::IsMember({"ready", "started"}));
  EXPECT_EQ(value_of_option().choices, (std::vector<std::string>{"ready", "started"}));
  EXPECT_EQ(value_of_option().kind, Kind::choice);

  app_.add_option("--count", number_, "How many")
      ->check(CLI::Range(uint64_t{1}, uint64_t{200}))
      ->capture_default_str();
  EXPECT_EQ(value_of_option().range, "1 - 200");
  EXPECT_EQ(value_of_option().placeholder, "N");
  EXPECT_EQ(value_of_option().default_text, "7");
}

TEST_F(CommandTreeTest, AnArgumentIsCompletedByItsName) {
  app_.add_option("SESSION", texts_, "Some");
  const ArgumentInfo argument = tree().arguments.front();
  EXPECT_EQ(argument.value.kind, Kind::session);
  EXPECT_TRUE(argument.repeatable);
  EXPECT_FALSE(argument.required);
}

TEST_F(CommandTreeTest, WhatIsNotForPeopleIsLeftOut) {
  CLI::App* shown = app_.add_subcommand("shown", "Is shown");
  shown->add_subcommand("inner", "Is shown too");
  app_.add_subcommand("hidden", "Is not")->group("");
  app_.add_flag("--hidden", loud_, "Is not")->group("");
  const CommandInfo root = tree();
  std::vector<std::string> paths;
  for (const CommandInfo* command : all_commands(root)) paths.push_back(command->path);
  EXPECT_EQ(paths, (std::vector<std::string>{"", "shown", "shown inner"}));
  ASSERT_EQ(root.options.size(), 1U);
  EXPECT_EQ(root.options.front().names.back(), "--help");
}

TEST_F(CommandTreeTest, AListShowsTheBeginningOfADescription) {
  EXPECT_EQ(short_description("Hold requests back; those under way go on"), "Hold requests back");
  EXPECT_EQ(short_description("Say what it saw: address, TLS"), "Say what it saw");
  EXPECT_EQ(short_description("ready: it takes requests"), "ready: it takes requests");
}

TEST(CommandLineTest, EverythingForPeopleIsDescribed) {
  const CommandLine line;
  const CommandInfo root = command_tree(line.app());
  for (const CommandInfo* command : all_commands(root)) {
    EXPECT_FALSE(command->description.empty()) << command->path;
    for (const OptionInfo& option : command->options) {
      EXPECT_FALSE(option.description.empty()) << command->path << ' ' << option.names.back();
    }
    for (const ArgumentInfo& argument : command->arguments) {
      EXPECT_FALSE(argument.description.empty()) << command->path;
    }
  }
}

}  // namespace
}  // namespace trunkd
