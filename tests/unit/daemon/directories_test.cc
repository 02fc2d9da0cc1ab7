#include "daemon/directories.h"

#include <gtest/gtest.h>
#include <map>

namespace trunkd {
namespace {

Result<std::string> place(std::map<std::string, std::string> variables, bool is_root) {
  return state_directory(
      [&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
      },
      is_root);
}

TEST(StateDirectoryTest, IsWhatSystemdSaysThenRootsThenXdgsThenAtHome) {
  EXPECT_EQ(place({{"STATE_DIRECTORY", "/s"}, {"HOME", "/h"}}, true).value(), "/s");
  EXPECT_EQ(place({{"STATE_DIRECTORY", "/s:/t"}}, false).value(), "/s");
  EXPECT_EQ(place({{"HOME", "/root"}, {"XDG_STATE_HOME", "/x"}}, true).value(), "/var/lib/trunkd");
  EXPECT_EQ(place({{"HOME", "/h"}, {"XDG_STATE_HOME", "/x"}}, false).value(), "/x/trunkd");
  EXPECT_EQ(place({{"HOME", "/h"}}, false).value(), "/h/.local/state/trunkd");
}

TEST(RuntimeDirectoryTest, IsFoundByTheSameRulesElseBelowTheState) {
  const auto found = [](std::map<std::string, std::string> variables, bool is_root) {
    return runtime_directory(
        [&](const std::string& name) -> std::optional<std::string> {
          const auto one = variables.find(name);
          if (one == variables.end()) return std::nullopt;
          return one->second;
        },
        is_root);
  };
  EXPECT_EQ(found({{"RUNTIME_DIRECTORY", "/r:/s"}}, true).value(), "/r");
  EXPECT_EQ(found({{"XDG_RUNTIME_DIR", "/x"}}, true).value(), "/run/trunkd");
  EXPECT_EQ(found({{"XDG_RUNTIME_DIR", "/x"}, {"HOME", "/h"}}, false).value(), "/x/trunkd");
  EXPECT_EQ(found({{"HOME", "/h"}}, false).value(), "/h/.local/state/trunkd/run");
  EXPECT_FALSE(found({{"RUNTIME_DIRECTORY", "r"}}, false));
}

TEST(StateDirectoryTest, WhatIsEmptyOrRelativeIsPassedOver) {
  EXPECT_EQ(
      place({{"STATE_DIRECTORY", ""}, {"XDG_STATE_HOME", "x"}, {"HOME", "/h"}}, false).value(),
      "/h/.local/state/trunkd");
  EXPECT_EQ(place({{"STATE_DIRECTORY", "s"}, {"HOME", "/h"}}, false).error().detail,
            "STATE_DIRECTORY is no absolute path");
  EXPECT_FALSE(place({}, false));
}

}  // namespace
}  // namespace trunkd
