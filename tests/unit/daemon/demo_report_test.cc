#include "daemon/demo/demo_report.h"

#include <gtest/gtest.h>
#include <string>

namespace trunkd {
namespace {

DemoReport good_report() {
  DemoReport report;
  report.connections = 50;
  report.callers = 200;
  report.through_trunkd = {
      .right = 10000, .elapsed = 1250ms, .median = 20ms, .percentile_99 = 31500us};
  report.new_connection_each = {
      .right = 500, .elapsed = 1s, .median = 400ms, .percentile_99 = 510ms};
  report.origin.through_trunkd = {
      .accepted = 50, .max_open = 50, .requests = 10000, .tls_full = 1, .tls_resumed = 49};
  report.origin.new_connection_each = {
      .accepted = 500, .max_open = 200, .requests = 500, .tls_full = 500};
  report.trunkd_cpu = 400ms;
  return report;
}

std::string line_with(const std::string& text, const std::string& words) {
  const size_t at = text.find(words);
  if (at == std::string::npos) return "";
  const size_t start = text.rfind('\n', at) + 1;
  return text.substr(start, text.find('\n', at) - start);
}

TEST(DemoReportTest, PassesWhenEveryAnswerWasRightOverNoMoreConnectionsThanAllowed) {
  EXPECT_TRUE(passed(good_report()));
  EXPECT_NE(report_text(good_report()).find("Passed"), std::string::npos);
}

TEST(DemoReportTest, FailsOverOneConnectionTooMany) {
  DemoReport report = good_report();
  report.origin.through_trunkd.accepted = 51;
  EXPECT_FALSE(passed(report));
  EXPECT_NE(report_text(report).find("FAILED: 51 connections were opened, 50 are allowed"),
            std::string::npos);
}

TEST(DemoReportTest, FailsOverOneWrongAnswerAndSaysWhichCameFirst) {
  DemoReport report = good_report();
  report.through_trunkd.right = 9999;
  report.through_trunkd.wrong = 1;
  report.through_trunkd.first_failure = "call 7 was answered 502";
  EXPECT_FALSE(passed(report));
  EXPECT_NE(report_text(report).find("call 7 was answered 502"), std::string::npos);
}

TEST(DemoReportTest, FailsWhenACallWithoutTrunkdFailedToo) {
  DemoReport report = good_report();
  report.new_connection_each.wrong = 1;
  EXPECT_FALSE(passed(report));
}

TEST(DemoReportTest, ComparesBothWaysInOneRowEach) {
  const std::string text = report_text(good_report());
  EXPECT_EQ(line_with(text, "calls per second"),
            "  calls per second                     8,000                     500");
  EXPECT_EQ(line_with(text, "reused"),
            "    calls that reused one             99.5 %                   0.0 %");
  EXPECT_EQ(line_with(text, "CPU"),
            "  trunkd's CPU per call                40 us                       -");
}

TEST(DemoReportTest, TheProgressBarIsAsLongAsTheWorkThatIsDone) {
  EXPECT_EQ(progress_text("calls", 0, 10000),
            "  calls                 [..............................]  0 of 10,000");
  EXPECT_EQ(progress_text("calls", 5000, 10000),
            "  calls                 [###############...............]  5,000 of 10,000");
  EXPECT_EQ(progress_text("calls", 10000, 10000),
            "  calls                 [##############################]  10,000 of 10,000");
}

}  // namespace
}  // namespace trunkd
