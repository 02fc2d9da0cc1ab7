#include "event/journal_file.h"

#include <cstdio>
#include <unistd.h>

#include "journal_fixture.h"

namespace trunkd {
namespace {

class JournalFileTest : public testing::Test {
 protected:
  static void expect_error(const Result<size_t>& result, const std::string& text) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().detail, text);
  }

  TestDirectory directory_;
  const std::string path_ = directory_ / "jar.txt";
  JournalFile file_{path_};
};

TEST_F(JournalFileTest, AFileThatIsNotThereIsEmptyAndMadeByTheFirstWrite) {
  JournalFile file(directory_ / "state/cookies/jar.txt");
  EXPECT_EQ(file.load().value(), "");
  EXPECT_FALSE(exists(directory_ / "state"));
  EXPECT_EQ(file.append("one\n").value(), 4U);
  EXPECT_EQ(content(file.path()), "one\n");
  EXPECT_EQ(mode_of(file.path()), 0600U);
  EXPECT_EQ(mode_of(directory_ / "state"), 0700U);
  EXPECT_EQ(mode_of(directory_ / "state/cookies"), 0700U);
}

TEST_F(JournalFileTest, IsCutBehindItsLastLineBreakAndKeptFromOthers) {
  put(path_, "one\ntwo\nthr");
  ASSERT_EQ(chmod(path_.c_str(), 0644), 0);
  EXPECT_EQ(file_.load().value(), "one\ntwo\n");
  EXPECT_EQ(mode_of(path_), 0600U);
  EXPECT_TRUE(file_.append("three\n"));
  EXPECT_EQ(content(path_), "one\ntwo\nthree\n");

  put(path_, "no line break");
  EXPECT_EQ(file_.load().value(), "");
  EXPECT_EQ(content(path_), "");
}

TEST_F(JournalFileTest, IsReplacedByAnotherFileAndGoesOnThere) {
  put(path_, "old\n");
  ASSERT_TRUE(file_.load());
  EXPECT_EQ(file_.replace("new\n").value(), 4U);
  EXPECT_TRUE(file_.append("more\n"));
  EXPECT_EQ(content(path_), "new\nmore\n");
  EXPECT_EQ(mode_of(path_), 0600U);
  EXPECT_FALSE(exists(path_ + ".new"));
}

TEST_F(JournalFileTest, AfterAShortWriteItIsAsLongAsBefore) {
  put(path_, "one\n");
  ASSERT_TRUE(file_.load());
  Result<size_t> refused;
  {
    const FileSizeLimit disk_full(7);
    refused = file_.append("two\nthree\n");
  }
  expect_error(refused, "cannot write to " + path_ + ": File too large");
  EXPECT_EQ(content(path_), "one\n");
  EXPECT_FALSE(file_.needs_replacing());
  EXPECT_TRUE(file_.append("two\n"));
  EXPECT_EQ(content(path_), "one\ntwo\n");
}

TEST_F(JournalFileTest, AReplacementThatDoesNotFitLeavesTheOldFile) {
  put(path_, "one\n");
  ASSERT_TRUE(file_.load());
  Result<size_t> refused;
  {
    const FileSizeLimit disk_full(7);
    refused = file_.replace("a longer text\n");
  }
  expect_error(refused, "cannot write to " + path_ + ".new: File too large");
  EXPECT_FALSE(exists(path_ + ".new"));
  EXPECT_TRUE(file_.append("two\n"));
  EXPECT_EQ(content(path_), "one\ntwo\n");
}

TEST_F(JournalFileTest, WhatIsLeftOfAReplacementThatNeverEndedDoesNotMatter) {
  put(path_ + ".new", "half a line, much longer than what is written now");
  ASSERT_TRUE(file_.load());
  EXPECT_TRUE(file_.replace("new\n"));
  EXPECT_EQ(content(path_), "new\n");
}

TEST_F(JournalFileTest, NothingIsAppendedToWhatSomebodyElseWrote) {
  const std::string changed = "cannot write to " + path_ + ": somebody else changed it";
  put(path_, "one\n");
  ASSERT_TRUE(file_.load());
  put(path_, "theirs, without a line break");
  expect_error(file_.append("two\n"), changed);
  EXPECT_TRUE(file_.needs_replacing());
  expect_error(file_.append("two\n"), "cannot write to " + path_ + ": it is not as it was left");
  EXPECT_TRUE(file_.replace("one\ntwo\n"));
  EXPECT_FALSE(file_.needs_replacing());
  EXPECT_EQ(content(path_), "one\ntwo\n");

  put(directory_ / "other", "one\ntwo\n");
  ASSERT_EQ(std::rename((directory_ / "other").c_str(), path_.c_str()), 0);
  expect_error(file_.append("three\n"), changed);
}

TEST_F(JournalFileTest, AFileThatSomebodyRemovedIsNotBegunAnewWithHalfOfIt) {
  put(path_, "one\n");
  ASSERT_TRUE(file_.load());
  ASSERT_EQ(unlink(path_.c_str()), 0);
  EXPECT_FALSE(file_.append("two\n"));
  EXPECT_TRUE(file_.needs_replacing());
  EXPECT_FALSE(exists(path_));
  EXPECT_TRUE(file_.replace("one\ntwo\n"));
  EXPECT_EQ(content(path_), "one\ntwo\n");
}

TEST_F(JournalFileTest, AFileThatAppearedWhereNoneWasIsNotOurs) {
  ASSERT_TRUE(file_.load());
  put(path_, "theirs\n");
  EXPECT_FALSE(file_.append("ours\n"));
  EXPECT_TRUE(file_.needs_replacing());
}

TEST_F(JournalFileTest, OnlyARegularFileOfUsableSizeIsRead) {
  put(directory_ / "target", "one\n");
  ASSERT_EQ(symlink((directory_ / "target").c_str(), path_.c_str()), 0);
  EXPECT_FALSE(file_.load());
  EXPECT_FALSE(file_.append("two\n"));
  EXPECT_EQ(content(directory_ / "target"), "one\n");

  const std::string pipe = directory_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  JournalFile of_pipe(pipe);
  EXPECT_EQ(of_pipe.load().error().detail, "cannot use " + pipe + ": it is no regular file");

  const std::string large = directory_ / "large";
  put(large, "one\n");
  ASSERT_EQ(truncate(large.c_str(), JournalFile::kMaxSize + 1), 0);
  JournalFile too_large(large);
  EXPECT_EQ(too_large.load().error().detail, "cannot use " + large + ": it is larger than 64 MiB");
}

}  // namespace
}  // namespace trunkd
