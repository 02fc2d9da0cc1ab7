// Diagnostic log lines: one object a line, and nothing that is quoted can forge another.

#include "base/log.h"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>

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
