#include "event/followed_files.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test_loop.h"

namespace trunkd {
namespace {

class FollowedFilesTest : public LoopTest {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/trunkd-followed-XXXXXX";
    directory_ = mkdtemp(pattern);
  }
  void TearDown() override { (void)std::system(("rm -rf " + directory_).c_str()); }

  std::string path(const std::string& name) const { return directory_ + '/' + name; }
  static void write(const std::string& path, std::string_view content) {
    std::ofstream(path, std::ios::binary) << content;
  }
  void follow(const std::vector<std::string>& paths) {
    files_ = follow_files(
        loop_, paths, 100, read_files(paths, 100),
        [this](const FileContents& contents) {
          std::string all;
          for (const auto& one : contents) all += (one ? *one : one.error().detail) + ';';
          told_.push_back(all);
        },
        1ms);
  }
  void expect_told(const std::string& last) {
    run_until([&] { return !told_.empty() && told_.back() == last; }, "the new contents");
  }

  std::string directory_;
  std::vector<std::string> told_;
  std::unique_ptr<FollowedFiles> files_;
};

TEST_F(FollowedFilesTest, AllAreToldWhenOneIsWrittenAnewOrReplaced) {
  write(path("a"), "1");
  write(path("b"), "2");
  follow({path("a"), path("b")});
  write(path("b"), "3");
  expect_told("1;3;");
  write(path("new"), "4");
  ASSERT_EQ(std::rename(path("new").c_str(), path("a").c_str()), 0);
  expect_told("4;3;");
  EXPECT_EQ(told_.size(), 2U);
}

TEST_F(FollowedFilesTest, ADirectoryThatIsSwitchedOverIsToldAsOneChange) {
  for (const std::string version : {"v1", "v2"}) {
    mkdir(path(version).c_str(), 0700);
    write(path(version + "/cert"), "cert " + version);
    write(path(version + "/key"), "key " + version);
  }
  ASSERT_EQ(symlink("v1", path("..data").c_str()), 0);
  ASSERT_EQ(symlink("..data/cert", path("cert").c_str()), 0);
  ASSERT_EQ(symlink("..data/key", path("key").c_str()), 0);
  follow({path("cert"), path("key")});
  ASSERT_EQ(symlink("v2", path("..data_tmp").c_str()), 0);
  ASSERT_EQ(std::rename(path("..data_tmp").c_str(), path("..data").c_str()), 0);
  expect_told("cert v2;key v2;");
  EXPECT_EQ(told_.size(), 1U);
}

TEST_F(FollowedFilesTest, OneThatGoesAwayOrGrowsTooLongIsToldWithTheReason) {
  write(path("a"), "1");
  follow({path("a")});
  std::remove(path("a").c_str());
  expect_told("No such file or directory;");
  write(path("a"), std::string(101, 'x'));
  expect_told("it has more than 0 KiB;");
  write(path("a"), "2");
  expect_told("2;");
}

TEST_F(FollowedFilesTest, NobodyIsToldOfFilesThatAreTheSame) {
  write(path("a"), "1");
  follow({path("a")});
  write(path("new"), "1");
  ASSERT_EQ(std::rename(path("new").c_str(), path("a").c_str()), 0);
  write(path("b"), "1");
  auto first = std::move(files_);
  follow({path("b")});
  write(path("b"), "2");
  expect_told("2;");
  EXPECT_EQ(told_.size(), 1U);
}

TEST_F(FollowedFilesTest, AFollowerMayGoWhileItLooks) {
  write(path("a"), "1");
  follow({path("a")});
  let_pass(5ms);
  files_.reset();
}

}  // namespace
}  // namespace trunkd
