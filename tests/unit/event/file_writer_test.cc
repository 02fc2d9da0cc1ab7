#include "event/file_writer.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <optional>
#include <sstream>
#include <sys/stat.h>

#include "support/test_loop.h"

namespace trunkd {
namespace {

class FileWriterTest : public LoopTest {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/trunkd-writer-XXXXXX";
    directory_ = mkdtemp(pattern);
    path_ = directory_ + "/access.log";
  }
  void TearDown() override { (void)std::system(("rm -rf " + directory_).c_str()); }

  static std::string content(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  std::string directory_;
  std::string path_;
};

TEST_F(FileWriterTest, LinesAreAppendedInOrderAndEachIsTold) {
  auto writer = open_file_writer(loop_, path_);
  ASSERT_TRUE(writer);
  std::vector<size_t> told;
  for (const char* line : {"one\n", "three\n", "", "four\n"}) {
    (*writer)->append(line, [&](Result<size_t> bytes) { told.push_back(*bytes); });
  }
  EXPECT_EQ((*writer)->pending(), 15U);
  EXPECT_TRUE(told.empty());
  run_until([&] { return told.size() == 4; });
  EXPECT_EQ(told, (std::vector<size_t>{4, 6, 0, 5}));
  EXPECT_EQ(content(path_), "one\nthree\nfour\n");
  EXPECT_EQ((*writer)->pending(), 0U);
  struct stat file {};
  ASSERT_EQ(stat(path_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0137U, 0U);
}

TEST_F(FileWriterTest, AfterARotationItWritesToTheNewFile) {
  auto writer = open_file_writer(loop_, path_);
  bool written = false;
  (*writer)->append("old\n", [&](auto) { written = true; });
  run_until([&] { return written; });
  ASSERT_EQ(std::rename(path_.c_str(), (path_ + ".1").c_str()), 0);
  written = false;
  (*writer)->reopen();
  (*writer)->append("new\n", [&](auto) { written = true; });
  run_until([&] { return written; });
  EXPECT_EQ(content(path_ + ".1"), "old\n");
  EXPECT_EQ(content(path_), "new\n");
}

TEST_F(FileWriterTest, WhatWasHandedInIsWrittenThoughTheWriterEnds) {
  {
    Loop loop;
    auto writer = open_file_writer(loop, path_);
    (*writer)->append("one\n", [](auto) { FAIL() << "its owner is gone"; });
    (*writer)->append("two\n", {});
    writer->reset();
  }
  EXPECT_EQ(content(path_), "one\ntwo\n");
}

TEST_F(FileWriterTest, APathThatCannotBeOpenedIsAnErrorThatNamesIt) {
  const auto writer = open_file_writer(loop_, directory_ + "/none/access.log");
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().detail,
            "cannot open " + directory_ + "/none/access.log: No such file or directory");
}

TEST_F(FileWriterTest, AFullDiskIsTold) {
  auto writer = open_file_writer(loop_, "/dev/full");
  if (!writer) GTEST_SKIP() << "no /dev/full here";
  std::optional<Result<size_t>> outcome;
  (*writer)->append("line\n", [&](Result<size_t> bytes) { outcome.emplace(std::move(bytes)); });
  run_until([&] { return outcome.has_value(); });
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().detail, "cannot write to /dev/full: No space left on device");
}

TEST_F(FileWriterTest, APipeThatNobodyReadsBlocksNeitherTheLoopNorTheEnd) {
  const std::string pipe = directory_ + "/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::FILE* reader = std::fopen(pipe.c_str(), "r+");
  {
    Loop loop;
    auto writer = open_file_writer(loop, pipe);
    ASSERT_TRUE(writer);
    (*writer)->append(std::string(1 << 20, 'x'), {});
    loop.run_once(loop.now());
    EXPECT_EQ((*writer)->pending(), size_t{1} << 20);
  }
  std::fclose(reader);
}

}  // namespace
}  // namespace trunkd
