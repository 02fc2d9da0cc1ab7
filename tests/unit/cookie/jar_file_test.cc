#include "cookie/jar_file.h"

#include <gtest/gtest.h>
#include <map>
#include <optional>

#include "cookie/cookies_txt.h"
#include "support/fake_journal.h"
#include "support/fake_loop.h"

namespace trunkd {
namespace {

// A jar of one host, and its file.
class JarFileTest : public testing::Test, public JarFileOwner {
 protected:
  std::vector<Cookie> cookies() const override {
    std::vector<Cookie> all;
    for (const auto& [name, one] : jar_) all.push_back(one);
    return all;
  }
  void on_each_failed_write() override { ++failed_writes_; }
  void on_write_failed(const Error&) override { ++failures_told_; }
  void on_writing_again() override { ++recoveries_told_; }
  void on_compaction_failed(const Error&) override { ++compaction_failures_told_; }

  // As after a start with `content` in the file.
  void open(std::string content = cookies_txt({})) {
    disk_.content = std::move(content);
    CookiesTxtReader found(loop_.wall_now());
    found.read(disk_.content);
    for (const Cookie& one : found.cookies()) jar_[one.name] = one;
    file_.emplace(loop_, std::make_unique<FakeJournal>(disk_), found, *this);
  }

  static Cookie cookie(const std::string& name, const std::string& value) {
    Cookie made;
    made.name = name;
    made.value = value;
    made.domain = "example.com";
    return made;
  }

  void set(const std::string& name, const std::string& value) {
    jar_[name] = cookie(name, value);
    file_->record({{jar_[name], false}});
  }

  // One set() in a turn of its own, written.
  void set_and_finish(const std::string& name, const std::string& value) {
    set(name, value);
    loop_.run();
    disk_.finish();
  }

  // name=value of what a reader of the file finds, in the order of the names.
  std::string on_disk() const {
    CookiesTxtReader found(loop_.wall_now());
    found.read(disk_.content);
    std::map<std::string, std::string> sorted;
    for (const Cookie& one : found.cookies()) sorted[one.name] = one.value;
    std::string text;
    for (const auto& [name, value] : sorted) {
      text += (text.empty() ? "" : " ") + name + '=' + value;
    }
    return text;
  }

  static std::string line(const std::string& name, const std::string& value) {
    return "example.com\tFALSE\t/\tFALSE\t0\t" + name + '\t' + value + '\n';
  }

  FakeLoop loop_;
  FakeJournalFile disk_;
  std::map<std::string, Cookie> jar_;
  std::optional<JarFile> file_;
  uint64_t failed_writes_ = 0;
  int failures_told_ = 0;
  int recoveries_told_ = 0;
  int compaction_failures_told_ = 0;
};

TEST_F(JarFileTest, AllChangesOfOneTurnAreOneAppend) {
  open(cookies_txt({cookie("z", "0")}));
  set("a", "1");
  set("b", "2");
  EXPECT_TRUE(disk_.steps.empty());
  loop_.run();
  ASSERT_EQ(disk_.steps.size(), 1U);
  EXPECT_FALSE(disk_.steps[0].replaces);
  EXPECT_EQ(disk_.steps[0].text, line("a", "1") + line("b", "2"));
}

TEST_F(JarFileTest, TheFirstWriteToAnEmptyFileBringsItsHeader) {
  open("");
  set("a", "1");
  loop_.run();
  disk_.finish();
  EXPECT_EQ(disk_.content, cookies_txt({cookie("a", "1")}));
  set_and_finish("b", "2");
  EXPECT_EQ(on_disk(), "a=1 b=2");
}

TEST_F(JarFileTest, AnAnswerIsHeldUntilWhatItBroughtIsWritten) {
  open();
  EXPECT_TRUE(file_->all_written());
  bool written = false;
  WriteWaiter waiter([&] { written = true; });
  set("a", "1");
  EXPECT_FALSE(file_->all_written());
  waiter.wait(*file_);
  loop_.run();
  EXPECT_FALSE(written);
  disk_.finish();
  EXPECT_TRUE(written);
  EXPECT_FALSE(waiter.waiting());
  EXPECT_TRUE(file_->all_written());
}

TEST_F(JarFileTest, OneWriteIsUnderWayAndTheNextGathersMeanwhile) {
  open();
  std::string order;
  WriteWaiter first([&] { order += "1"; });
  WriteWaiter second([&] { order += "2"; });
  WriteWaiter third([&] { order += "3"; });
  set("a", "1");
  first.wait(*file_);
  loop_.run();
  set("b", "2");
  second.wait(*file_);
  loop_.run();
  set("c", "3");
  third.wait(*file_);
  loop_.run();
  EXPECT_EQ(disk_.steps.size(), 1U);
  disk_.finish();
  EXPECT_EQ(order, "1");
  ASSERT_EQ(disk_.steps.size(), 1U);
  EXPECT_EQ(disk_.steps[0].text, line("b", "2") + line("c", "3"));
  disk_.finish();
  EXPECT_EQ(order, "123");
}

TEST_F(JarFileTest, AWaiterThatIsDestroyedIsNotCalledAndMayDestroyOthers) {
  open();
  set("a", "1");
  auto gone = std::make_unique<WriteWaiter>([] { FAIL() << "it left"; });
  gone->wait(*file_);
  auto second = std::make_unique<WriteWaiter>([] { FAIL() << "it was destroyed"; });
  std::unique_ptr<WriteWaiter> first;
  first = std::make_unique<WriteWaiter>([&] {
    second.reset();
    first.reset();
  });
  first->wait(*file_);
  second->wait(*file_);
  gone.reset();
  loop_.run();
  disk_.finish();
  EXPECT_FALSE(first);
}

TEST_F(JarFileTest, ItMayBeDestroyedByWhoItAnswers) {
  open();
  set("a", "1");
  WriteWaiter waiter([&] { file_.reset(); });
  WriteWaiter never([] { FAIL() << "the file went before"; });
  waiter.wait(*file_);
  never.wait(*file_);
  loop_.run();
  disk_.finish();
  EXPECT_FALSE(never.waiting());
}

TEST_F(JarFileTest, WhatWasRecordedIsStillWrittenWhenItEnds) {
  open();
  set("a", "1");
  loop_.run();
  set("b", "2");  // behind a write under way, and within this turn
  file_.reset();
  EXPECT_TRUE(disk_.closed);
  while (!disk_.steps.empty()) disk_.finish();
  EXPECT_EQ(on_disk(), "a=1 b=2");

  disk_.closed = false;
  open(disk_.content);
  set("c", "3");
  file_.reset();
  while (!disk_.steps.empty()) disk_.finish();
  EXPECT_EQ(on_disk(), "a=1 b=2 c=3");
}

TEST_F(JarFileTest, AFileWithDeadLinesIsCompactedAtTheStart) {
  open(cookies_txt({}) + line("a", "1") + line("a", "2"));
  loop_.run();
  ASSERT_EQ(disk_.steps.size(), 1U);
  EXPECT_TRUE(disk_.steps[0].replaces);
  disk_.finish();
  jar_["a"].created = loop_.wall_now();
  EXPECT_EQ(disk_.content, cookies_txt({jar_["a"]}));
}

TEST_F(JarFileTest, AFileThatIsAsItShouldBeIsLeftAlone) {
  open(cookies_txt({cookie("a", "1")}));
  loop_.advance(1h);
  EXPECT_TRUE(disk_.steps.empty());
}

TEST_F(JarFileTest, LinesThatNobodyUnderstoodCanStillBeCorrected) {
  open(line("a", "1") + line("a", "2") + "example.com FALSE / FALSE 0 b 2\n");
  loop_.run();
  EXPECT_TRUE(disk_.steps.empty());
}

TEST_F(JarFileTest, ItIsCompactedWhenMoreThanHalfIsDead) {
  open();
  for (int i = 0; i < 300; ++i) set_and_finish("live" + std::to_string(i), "x");
  int appends = 300;
  for (bool replaced = false; !replaced; ++appends) {
    set("busy", std::to_string(appends));
    loop_.run();
    replaced = disk_.steps[0].replaces;
    disk_.finish();
  }
  EXPECT_EQ(appends, 603);  // 301 live among 603
  EXPECT_EQ(disk_.content, cookies_txt(cookies()));
  set("busy", "again");
  loop_.run();
  EXPECT_FALSE(disk_.steps[0].replaces);
}

TEST_F(JarFileTest, AShortFileIsNotWorthACompaction) {
  open();
  for (int i = 0; i < 500; ++i) {
    set("busy", std::to_string(i));
    loop_.run();
    EXPECT_TRUE(i == 0 || !disk_.steps[0].replaces);
    disk_.finish();
  }
}

TEST_F(JarFileTest, ChangesDuringACompactionFollowIt) {
  open(line("a", "1") + line("a", "2"));
  loop_.run();
  bool written = false;
  WriteWaiter waiter([&] { written = true; });
  set("b", "2");
  waiter.wait(*file_);
  loop_.run();
  disk_.finish();
  EXPECT_FALSE(written);
  disk_.finish();
  EXPECT_TRUE(written);
  EXPECT_EQ(on_disk(), "a=2 b=2");
}

TEST_F(JarFileTest, AFailedCompactionCostsNothingButSpace) {
  open(line("a", "1") + line("a", "2"));
  loop_.run();
  bool written = false;
  WriteWaiter waiter([&] { written = true; });
  set("b", "2");
  waiter.wait(*file_);
  loop_.run();
  disk_.fail();
  EXPECT_EQ(compaction_failures_told_, 1);
  EXPECT_EQ(failures_told_, 0);
  EXPECT_FALSE(written);
  ASSERT_FALSE(disk_.steps.empty());
  EXPECT_FALSE(disk_.steps[0].replaces);
  disk_.finish();
  EXPECT_TRUE(written);
  EXPECT_EQ(on_disk(), "a=2 b=2");
  loop_.advance(1h);
  EXPECT_TRUE(disk_.steps.empty());
}

TEST_F(JarFileTest, AFullDiskReleasesAnswersAndIsToldOnce) {
  open(line("z", "0"));
  for (int i = 0; i < 3; ++i) {
    bool released = false;
    WriteWaiter waiter([&] { released = true; });
    set("a", std::to_string(i));
    waiter.wait(*file_);
    loop_.run();
    disk_.fail();
    EXPECT_TRUE(released);
    EXPECT_TRUE(file_->all_written());
  }
  EXPECT_EQ(failures_told_, 1);
  EXPECT_EQ(failed_writes_, file_->failed_writes());
  EXPECT_EQ(file_->failed_writes(), 3U);
  EXPECT_TRUE(file_->failing());
}

TEST_F(JarFileTest, WhatAFullDiskRefusedIsWrittenWithTheNextChange) {
  open(line("z", "0"));
  set("a", "1");
  loop_.run();
  disk_.fail();
  set_and_finish("b", "2");
  EXPECT_EQ(on_disk(), "a=1 b=2 z=0");
  EXPECT_EQ(recoveries_told_, 1);
  EXPECT_FALSE(file_->failing());
  loop_.advance(1h);
  EXPECT_TRUE(disk_.steps.empty());
}

TEST_F(JarFileTest, WhatAFullDiskRefusedIsTriedAgainAfterAWhile) {
  open("");
  set("a", "1");
  loop_.run();
  disk_.fail();
  loop_.advance(5s);
  disk_.fail();
  EXPECT_EQ(failures_told_, 1);
  loop_.advance(4s);
  EXPECT_TRUE(disk_.steps.empty());
  loop_.advance(1s);
  disk_.finish();
  EXPECT_EQ(on_disk(), "a=1");
  EXPECT_EQ(recoveries_told_, 1);
}

TEST_F(JarFileTest, WhatIsRecordedDuringAWriteThatFailsGetsATryOfItsOwn) {
  open(line("z", "0"));
  set("a", "1");
  loop_.run();
  bool written = false;
  WriteWaiter waiter([&] { written = true; });
  set("b", "2");
  waiter.wait(*file_);
  loop_.run();
  disk_.fail();
  EXPECT_FALSE(written);
  ASSERT_EQ(disk_.steps.size(), 1U);
  disk_.finish();
  EXPECT_TRUE(written);
  EXPECT_EQ(on_disk(), "a=1 b=2 z=0");
}

TEST_F(JarFileTest, AFileThatSomebodyElseChangedIsWrittenAnew) {
  open(line("z", "0"));
  set("a", "1");
  loop_.run();
  disk_.content = "rubbish";
  disk_.needs_replacing = true;
  disk_.fail();
  set("b", "2");
  loop_.run();
  ASSERT_TRUE(disk_.steps[0].replaces);
  disk_.finish();
  EXPECT_EQ(disk_.content, cookies_txt(cookies()));
}

TEST_F(JarFileTest, WhatCannotBeWrittenForLongIsNotGatheredForever) {
  open(line("z", "0"));
  for (int i = 0; i < 300; ++i) {
    set("big", std::string(4000, 'x'));
    loop_.run();
    disk_.fail();
  }
  set("big", "small again");
  loop_.run();
  EXPECT_TRUE(disk_.steps[0].replaces);
  disk_.finish();
  EXPECT_EQ(on_disk(), "big=small again z=0");
}

}  // namespace
}  // namespace trunkd
