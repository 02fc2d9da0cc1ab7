// Diagnostic log lines: one object a line, and nothing that is quoted can forge another.

#include "base/log.h"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <unistd.h>

#include "base/journald.h"

namespace trunkd {
namespace {

std::string logged(LogLevel level, LogFormat format, const std::function<void(Log&)>& use) {
  ::testing::internal::CaptureStderr();
  {
    Log log(level, format);
    use(log);
  }
  return ::testing::internal::GetCapturedStderr();
}

TEST(LogTest, ALineOfJsonHasTimeLevelAndMessage) {
  const std::string line = logged(LogLevel::info, LogFormat::json,
                                  [](Log& log) { log.warning("session \"shop\": no IPv6 here"); });

  const auto object = nlohmann::json::parse(line);
  EXPECT_EQ(object["level"], "warning");
  EXPECT_EQ(object["message"], "session \"shop\": no IPv6 here");
  EXPECT_TRUE(object.contains("time"));
  EXPECT_EQ(object.size(), 3u);
}

TEST(LogTest, TheSessionIsAMemberOfJsonAndTheBeginningOfText) {
  const auto use = [](Log& log) { log.error("the secret is not there", "a\"b"); };
  const auto object = nlohmann::json::parse(logged(LogLevel::info, LogFormat::json, use));
  EXPECT_EQ(object["session"], "a\"b");
  EXPECT_EQ(object["message"], "the secret is not there");
  const std::string text = logged(LogLevel::info, LogFormat::text, use);
  EXPECT_NE(text.find("error session \"a\"b\": the secret is not there\n"), std::string::npos)
      << text;
}

TEST(LogTest, TextIsForPeopleAndKeepsQuotesAndLetters) {
  const std::string line =
      logged(LogLevel::info, LogFormat::text, [](Log& log) { log.info("\"Zürich\" \xff\x01 \\"); });
  EXPECT_NE(line.find("info \"Zürich\" \\xff\\x01 \\\n"), std::string::npos) << line;
}

TEST(LogTest, WithoutAJournalItsLinesGoToStandardErrorWithTheirPriority) {
  if (access(std::string(JournaldSocket::kPath).c_str(), F_OK) == 0) {
    GTEST_SKIP() << "a journal is here";
  }
  const std::string line = logged(LogLevel::info, LogFormat::journal,
                                  [](Log& log) { log.warning("no IPv6 here", "shop"); });
  EXPECT_EQ(line, "<4>session \"shop\": no IPv6 here\n");
}

TEST(LogTest, AMessageStaysOnOneLineWhateverItQuotes) {
  for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
    const std::string lines =
        logged(LogLevel::info, format, [](Log& log) { log.error("a\nb\r\x1b[31m\x7f{}%v\xff"); });
    EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1) << lines;
    EXPECT_EQ(lines.find('\r'), std::string::npos);
    EXPECT_EQ(lines.find('\x1b'), std::string::npos);
    EXPECT_EQ(lines.find('\xff'), std::string::npos);
    EXPECT_NE(lines.find("{}%v"), std::string::npos) << "not a pattern: " << lines;
  }
}

TEST(LogTest, WhatIsBelowTheLevelIsNotWritten) {
  const std::string lines = logged(LogLevel::warning, LogFormat::text, [](Log& log) {
    EXPECT_FALSE(log.enabled(LogLevel::info));
    EXPECT_TRUE(log.enabled(LogLevel::error));
    log.debug("one");
    log.info("two");
    log.warning("three");
  });
  EXPECT_EQ(lines.find("one"), std::string::npos);
  EXPECT_EQ(lines.find("two"), std::string::npos);
  EXPECT_NE(lines.find("three"), std::string::npos);
}

TEST(LogTest, TwoLogsCanLiveAtOnce) {
  const std::string lines = logged(LogLevel::info, LogFormat::text, [](Log& first) {
    Log second(LogLevel::error, LogFormat::text);
    first.info("from the first");
    second.info("from the second");
  });
  EXPECT_NE(lines.find("from the first"), std::string::npos);
  EXPECT_EQ(lines.find("from the second"), std::string::npos);
}

}  // namespace
}  // namespace trunkd
