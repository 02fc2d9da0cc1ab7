#include "event/journals.h"

#include <optional>

#include "journal_fixture.h"
#include "support/test_loop.h"

namespace trunkd {
namespace {

class JournalsTest : public LoopTest {
 protected:
  OpenedJournal open(const std::string& path) {
    std::optional<Result<OpenedJournal>> answer;
    const auto opening = journals_->open(
        path, [&](Result<OpenedJournal> opened) { answer.emplace(std::move(opened)); });
    run_until([&] { return answer.has_value(); });
    EXPECT_TRUE(*answer);
    return std::move(**answer);
  }

  TestDirectory directory_;
  const std::string path_ = directory_ / "cookies/jar.txt";
  const std::unique_ptr<Journals> journals_ = make_journals(loop_);
};

TEST_F(JournalsTest, StepsAreDoneInOrderAndEachIsTold) {
  auto opened = open(path_);
  EXPECT_EQ(opened.text, "");
  std::vector<size_t> told;
  const auto note = [&](const Result<size_t>& bytes) { told.push_back(bytes.value()); };
  opened.journal->append("one\n", note);
  opened.journal->replace("two\n", note);
  opened.journal->append("three\n", note);
  EXPECT_TRUE(told.empty());
  run_until([&] { return told.size() == 3; });
  EXPECT_EQ(told, (std::vector<size_t>{4, 4, 6}));
  EXPECT_EQ(content(path_), "two\nthree\n");
}

TEST_F(JournalsTest, AFullDiskIsToldAndTheFileIsAsBefore) {
  auto opened = open(path_);
  std::optional<Result<size_t>> outcome;
  const auto note = [&](Result<size_t> bytes) { outcome.emplace(std::move(bytes)); };
  opened.journal->append("one\n", note);
  run_until([&] { return outcome.has_value(); });
  outcome.reset();
  {
    const FileSizeLimit disk_full(6);
    opened.journal->append("two\n", note);
    run_until([&] { return outcome.has_value(); });
  }
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().detail, "cannot write to " + path_ + ": File too large");
  EXPECT_EQ(content(path_), "one\n");
  EXPECT_FALSE(opened.journal->needs_replacing());
}

TEST_F(JournalsTest, AJournalSaysThatItNeedsReplacing) {
  auto opened = open(path_);
  int done = 0;
  const auto count = [&](const Result<size_t>&) { ++done; };
  opened.journal->append("one\n", count);
  run_until([&] { return done == 1; });
  put(path_, "");
  opened.journal->append("two\n", count);
  run_until([&] { return done == 2; });
  EXPECT_TRUE(opened.journal->needs_replacing());
  opened.journal->replace("one\ntwo\n", count);
  run_until([&] { return done == 3; });
  EXPECT_FALSE(opened.journal->needs_replacing());
}

TEST_F(JournalsTest, WhatWasHandedInIsWrittenThoughJournalAndLoopEnd) {
  {
    Loop loop;
    const auto journals = make_journals(loop);
    std::unique_ptr<Journal> journal;
    const auto opening =
        journals->open(path_, [&](auto opened) { journal = std::move(opened->journal); });
    while (!journal) loop.run_once(loop.now() + 5s);
    journal->append("one\n", [](auto) { FAIL() << "its owner is gone"; });
    journal->append("two\n", {});
  }
  EXPECT_EQ(content(path_), "one\ntwo\n");
}

TEST_F(JournalsTest, AFileThatIsOpenedAgainHasWhatItsFormerJournalWrote) {
  auto former = open(path_);
  former.journal->append("one\n", {});
  former.journal->append("two\n", {});
  former.journal.reset();
  EXPECT_EQ(open(path_).text, "one\ntwo\n");
}

TEST_F(JournalsTest, AnOpeningThatIsDestroyedIsNotAnswered) {
  journals_->open(path_, [](auto) { FAIL() << "nobody waits"; }).reset();
  open(directory_ / "other.txt");
  run_what_is_ready();
}

TEST_F(JournalsTest, WhatCannotBeOpenedIsAnErrorThatNamesIt) {
  put(directory_ / "file", "");
  std::optional<Result<OpenedJournal>> answer;
  std::unique_ptr<JournalOpening> opening;
  opening = journals_->open(directory_ / "file/jar.txt", [&](Result<OpenedJournal> opened) {
    answer.emplace(std::move(opened));
    opening.reset();
  });
  run_until([&] { return answer.has_value(); });
  ASSERT_FALSE(*answer);
  EXPECT_EQ(answer->error().detail,
            "cannot open " + (directory_ / "file/jar.txt") + ": Not a directory");
}

}  // namespace
}  // namespace trunkd
