#include "event/secret_file.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "support/test_loop.h"

namespace trunkd {
namespace {

class SecretFileTest : public LoopTest {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/trunkd-secret-XXXXXX";
    directory_ = mkdtemp(pattern);
    path_ = directory_ + "/token";
  }
  void TearDown() override { (void)std::system(("rm -rf " + directory_).c_str()); }

  static void write(const std::string& path, std::string_view content) {
    std::ofstream(path, std::ios::binary) << content;
  }
  void open() {
    secret_ = follow_secret_file(
        loop_, path_, "file:token",
        [this](const Error* problem) { told_.push_back(problem ? problem->detail : "new value"); },
        1ms);
  }
  // The value, or why there is none.
  std::string value() const {
    const auto found = secret_->value();
    return found ? std::string(*found) : found.error().detail;
  }
  void expect_value(std::string_view expected) {
    run_until([&] { return value() == expected; }, "the value");
  }

  std::string directory_;
  std::string path_;
  std::vector<std::string> told_;
  std::unique_ptr<Secret> secret_;
};

constexpr const char* kMissing = "the secret file:token cannot be used: No such file or directory";

TEST_F(SecretFileTest, TheFirstRequestAlreadyHasIt) {
  write(path_, "first\n");
  open();
  EXPECT_EQ(value(), "first");
  EXPECT_TRUE(told_.empty());
}

TEST_F(SecretFileTest, AFileThatIsWrittenAnewOrReplacedIsReadAgain) {
  write(path_, "first");
  open();
  write(path_, "other");  // of the same length
  expect_value("other");
  write(path_ + ".new", "third\n");
  ASSERT_EQ(std::rename((path_ + ".new").c_str(), path_.c_str()), 0);
  expect_value("third");
  EXPECT_EQ(told_.back(), "new value");
}

TEST_F(SecretFileTest, ASymbolicLinkThatIsSwitchedOverIsFollowed) {
  // As Kubernetes does: token -> ..data/token, ..data -> a directory that is replaced.
  for (const char* version : {"v1", "v2"}) {
    mkdir((directory_ + '/' + version).c_str(), 0700);
    write(directory_ + '/' + version + "/token", version);
  }
  ASSERT_EQ(symlink("v1", (directory_ + "/..data").c_str()), 0);
  ASSERT_EQ(symlink("..data/token", path_.c_str()), 0);
  open();
  EXPECT_EQ(value(), "v1");
  ASSERT_EQ(symlink("v2", (directory_ + "/..data_tmp").c_str()), 0);
  ASSERT_EQ(std::rename((directory_ + "/..data_tmp").c_str(), (directory_ + "/..data").c_str()), 0);
  expect_value("v2");
}

TEST_F(SecretFileTest, AFileThatIsGoneLeavesNoValueUntilItIsBack) {
  write(path_, "first");
  open();
  ASSERT_EQ(unlink(path_.c_str()), 0);
  expect_value(kMissing);
  write(path_ + ".new", "first");
  ASSERT_EQ(std::rename((path_ + ".new").c_str(), path_.c_str()), 0);
  expect_value("first");
  EXPECT_EQ(told_, (std::vector<std::string>{kMissing, "new value"}));
}

TEST_F(SecretFileTest, AFileThatComesAfterTheStartIsFound) {
  open();
  EXPECT_EQ(value(), kMissing);
  write(path_ + ".new", "late");
  ASSERT_EQ(std::rename((path_ + ".new").c_str(), path_.c_str()), 0);
  expect_value("late");
}

TEST_F(SecretFileTest, WhatIsNoReadableFileOfASecretsSizeIsRefused) {
  open();
  write(path_, std::string(64 * 1024 + 1, 'x'));
  expect_value("the secret file:token cannot be used: it has more than 64 KiB");
  write(path_, std::string(64 * 1024, 'x'));
  expect_value(std::string(64 * 1024, 'x'));
  unlink(path_.c_str());
  mkdir(path_.c_str(), 0700);
  expect_value("the secret file:token cannot be used: it is not a regular file");
  rmdir(path_.c_str());
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);  // nobody ever writes to it
  run_what_is_ready();
  expect_value("the secret file:token cannot be used: it is not a regular file");
}

TEST_F(SecretFileTest, NobodyIsToldOnceTheSecretHasGone) {
  write(path_, "first");
  open();
  run_until([&] { return loop_.has_timers(); });
  write(path_, "other");
  run_what_is_ready();
  told_.clear();
  secret_.reset();
  run_what_is_ready();
  EXPECT_TRUE(told_.empty());
  EXPECT_FALSE(loop_.has_timers());
}

}  // namespace
}  // namespace trunkd
