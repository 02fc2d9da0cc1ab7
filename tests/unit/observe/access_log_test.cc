#include "observe/access_log.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "support/fake_file_sink.h"
#include "support/fake_loop.h"

namespace trunkd {
namespace {

class AccessLogTest : public testing::Test {
 protected:
  void write(std::string_view path) {
    ExchangeRecord record;
    record.path = path;
    log_->write(record);
  }

  // Fills the log to its limit and tells how many lines that took.
  uint64_t fill() {
    const std::string path(2000, 'a');
    uint64_t lines = 0;
    while (log_->dropped() == 0) {
      write(path);
      loop_.run();
      ++lines;
    }
    return lines - 1;
  }

  bool holds(std::string_view text) const { return sink_.written.find(text) != std::string::npos; }

  FakeLoop loop_;
  FakeFileSink sink_;
  std::optional<AccessLog> log_{std::in_place, loop_, &sink_, AccessLog::Format::text};
};

TEST_F(AccessLogTest, TheLinesOfOneTurnAreOneWriteInOrder) {
  write("/1");
  write("/2");
  EXPECT_EQ(sink_.pending_writes(), 0u);
  loop_.run();
  EXPECT_EQ(sink_.pending_writes(), 1u);
  sink_.finish();
  EXPECT_LT(sink_.written.find(" /1 "), sink_.written.find(" /2 "));
  EXPECT_TRUE(holds(" /2 "));
}

TEST_F(AccessLogTest, JsonLinesAreWrittenWhenAskedFor) {
  log_.emplace(loop_, &sink_, AccessLog::Format::json);
  write("/1");
  loop_.run();
  sink_.finish();
  EXPECT_TRUE(sink_.written.starts_with("{\"time\":"));
}

TEST_F(AccessLogTest, WithoutASinkNothingHappens) {
  log_.emplace(loop_, nullptr, AccessLog::Format::text);
  EXPECT_FALSE(log_->enabled());
  write("/1");
  EXPECT_FALSE(loop_.has_deferred());
  EXPECT_EQ(log_->dropped(), 0u);
}

TEST_F(AccessLogTest, WhatHasGatheredIsHandedOverAtTheEnd) {
  write("/1");
  log_.reset();
  EXPECT_EQ(sink_.pending_writes(), 1u);
  sink_.finish();
  EXPECT_TRUE(holds(" /1 "));
}

TEST_F(AccessLogTest, ASinkThatStallsCostsAMebibyteAndNotMore) {
  fill();
  EXPECT_GE(sink_.pending(), AccessLog::kMostPending);
  EXPECT_LT(sink_.pending(), AccessLog::kMostPending + 4096);
}

TEST_F(AccessLogTest, LinesWithinOneTurnAreBoundedToo) {
  const std::string path(2000, 'a');
  for (int i = 0; i < 1000; ++i) write(path);
  EXPECT_GT(log_->dropped(), 0u);
}

TEST_F(AccessLogTest, DroppedLinesAreToldAsSoonAsTheSinkHasCaughtUp) {
  fill();
  write("/lost");
  EXPECT_EQ(log_->dropped(), 2u);
  sink_.finish();
  loop_.run();
  sink_.finish();
  EXPECT_TRUE(holds(" dropped=2 lines"));
  EXPECT_FALSE(holds("/lost"));
  write("/after");
  loop_.run();
  sink_.finish();
  EXPECT_EQ(sink_.written.find("dropped"), sink_.written.rfind("dropped"));
  EXPECT_EQ(log_->dropped(), 2u);
}

TEST_F(AccessLogTest, LinesThatCouldNotBeWrittenAreToldWithTheNextOne) {
  write("/1");
  write("/2");
  loop_.run();
  sink_.fail();
  EXPECT_EQ(log_->dropped(), 2u);
  EXPECT_FALSE(loop_.has_deferred());

  write("/3");
  loop_.run();
  sink_.fail();  // the line that told of the two is lost as well
  write("/4");
  loop_.run();
  sink_.finish();
  EXPECT_TRUE(holds(" dropped=3 lines"));
  EXPECT_TRUE(holds(" /4 "));
}

TEST_F(AccessLogTest, AWriteMayEndAfterTheLog) {
  write("/1");
  loop_.run();
  log_.reset();
  sink_.fail();
}

}  // namespace
}  // namespace trunkd
