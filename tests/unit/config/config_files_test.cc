// Whole files: the good ones load, the bad ones give exactly the mistakes they list.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "config/config_loader.h"
#include "config/config_yaml.h"

namespace trunkd {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = TRUNKD_SOURCE_DIR;

std::vector<fs::path> yaml_files(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  EXPECT_FALSE(files.empty()) << directory;
  return files;
}

std::string read(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::optional<std::string> nothing_is_set(const std::string&) { return std::nullopt; }

std::string messages_of(const LoadedConfig& loaded) {
  std::string out;
  for (const ConfigMistake& mistake : loaded.mistakes) out += mistake.text() + '\n';
  return out;
}

void expect_good(const fs::path& path) {
  const LoadedConfig loaded = load_config({path.string()}, nothing_is_set);
  EXPECT_EQ(messages_of(loaded), "");
  EXPECT_TRUE(loaded.config) << path;
}

TEST(ConfigFilesTest, GoodFilesLoad) {
  for (const fs::path& path : yaml_files(kSource / "tests/unit/config/files/good")) {
    expect_good(path);
  }
}

TEST(ConfigFilesTest, ShippedExamplesLoad) {
  for (const char* directory : {"config", "config/examples", "config/compose/trunkd"}) {
    for (const fs::path& path : yaml_files(kSource / directory)) expect_good(path);
  }
}

TEST(ConfigFilesTest, BadFilesGiveExactlyTheMistakesTheyList) {
  constexpr std::string_view kExpect = "# expect ";
  for (const fs::path& path : yaml_files(kSource / "tests/unit/config/files/bad")) {
    const std::string text = read(path), name = path.filename().string();
    std::string expected;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(kExpect)) expected += name + ':' + line.substr(kExpect.size()) + '\n';
    }
    EXPECT_NE(expected, "") << path;
    const LoadedConfig loaded = load_config_text(text, name, nothing_is_set);
    EXPECT_EQ(messages_of(loaded), expected) << path;
    EXPECT_FALSE(loaded.config) << path;
  }
}

TEST(ConfigFilesTest, WhatIsPrintedLoadsToTheSameConfiguration) {
  for (const char* directory :
       {"tests/unit/config/files/good", "config", "config/examples", "config/compose/trunkd"}) {
    for (const fs::path& path : yaml_files(kSource / directory)) {
      const LoadedConfig first = load_config({path.string()}, nothing_is_set);
      ASSERT_TRUE(first.config) << path;
      const std::string printed = to_yaml(*first.config);
      const LoadedConfig second = load_config_text(printed, "printed.yaml", nothing_is_set);
      EXPECT_EQ(messages_of(second), "") << printed;
      ASSERT_TRUE(second.config) << path;
      EXPECT_EQ(*first.config, *second.config) << printed;
    }
  }
}

}  // namespace
}  // namespace trunkd
