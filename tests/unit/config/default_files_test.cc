#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

#include "config/config_loader.h"

namespace trunkd {
namespace {

namespace fs = std::filesystem;

class DefaultFilesTest : public testing::Test {
 protected:
  DefaultFilesTest() {
    std::string pattern = (fs::temp_directory_path() / "trunkd-files-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~DefaultFilesTest() override { fs::remove_all(root_); }

  void touch(const std::string& name) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << "";
  }

  // Relative to the test's folder.
  std::vector<std::string> found() {
    const Environment environment = [this](const std::string& name) -> std::optional<std::string> {
      if (name == "HOME") return (root_ / "home").string();
      if (name == "XDG_CONFIG_HOME") return xdg_config_home_;
      return std::nullopt;
    };
    std::vector<std::string> files;
    for (const auto& file : default_config_files(environment, (root_ / "etc").string())) {
      files.push_back(fs::path(file).lexically_relative(root_).string());
    }
    return files;
  }

  using Files = std::vector<std::string>;
  fs::path root_;
  std::optional<std::string> xdg_config_home_;
};

TEST_F(DefaultFilesTest, TheSystemsFileComesFirstAndThenConfDInNameOrder) {
  touch("etc/conf.d/20-b.yaml");
  touch("etc/conf.d/10-a.yaml");
  touch("etc/conf.d/readme.txt");
  touch("etc/conf.d/.hidden.yaml");
  touch("etc/trunkd.yaml");
  touch("home/.config/trunkd/trunkd.yaml");
  EXPECT_EQ(found(), (Files{"etc/trunkd.yaml", "etc/conf.d/10-a.yaml", "etc/conf.d/20-b.yaml"}));
}

TEST_F(DefaultFilesTest, TheUsersFileCountsIfTheSystemHasNone) {
  EXPECT_EQ(found(), Files{});
  touch("home/.config/trunkd/trunkd.yaml");
  EXPECT_EQ(found(), Files{"home/.config/trunkd/trunkd.yaml"});
}

TEST_F(DefaultFilesTest, XdgConfigHomeReplacesDotConfigIfItIsAbsolute) {
  touch("home/.config/trunkd/trunkd.yaml");
  touch("xdg/trunkd/trunkd.yaml");
  xdg_config_home_ = (root_ / "xdg").string();
  EXPECT_EQ(found(), Files{"xdg/trunkd/trunkd.yaml"});
  xdg_config_home_ = "xdg";
  EXPECT_EQ(found(), Files{"home/.config/trunkd/trunkd.yaml"});
}

}  // namespace
}  // namespace trunkd
