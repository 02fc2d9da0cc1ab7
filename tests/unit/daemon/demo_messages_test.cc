#include <gtest/gtest.h>

#include "daemon/demo/messages.h"

namespace trunkd {
namespace {

TEST(DemoMessagesTest, APlanComesBackFromItsLine) {
  const auto plan = from_line<CallPlan>(
      to_line(CallPlan{.way = Way::new_connection_each, .port = 8101, .calls = 500, .callers = 9}));
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->way, Way::new_connection_each);
  EXPECT_EQ(plan->port, 8101);
  EXPECT_EQ(plan->calls, 500u);
  EXPECT_EQ(plan->callers, 9u);
}

TEST(DemoMessagesTest, AResultKeepsItsTimesAndStaysOnOneLine) {
  CallResult result;
  result.right = 3;
  result.median = 1500us;
  result.first_failure = "two\nlines and a byte that is no text: \xff";
  const std::string line = to_line(result);
  EXPECT_EQ(line.find('\n'), std::string::npos);

  const auto back = from_line<CallResult>(line);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->right, 3u);
  EXPECT_EQ(back->median, 1500us);
  EXPECT_TRUE(back->first_failure.starts_with("two\nlines"));
}

TEST(DemoMessagesTest, AReportKeepsTheCountsOfTheTwoWaysApart) {
  OriginReport report;
  report.through_trunkd = {.accepted = 50, .max_open = 49, .tls_full = 1, .tls_resumed = 48};
  report.new_connection_each = {.accepted = 500, .requests = 499};
  const auto back = from_line<OriginReport>(to_line(report));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->through_trunkd.accepted, 50u);
  EXPECT_EQ(back->through_trunkd.max_open, 49u);
  EXPECT_EQ(back->through_trunkd.tls_resumed, 48u);
  EXPECT_EQ(back->new_connection_each.accepted, 500u);
  EXPECT_EQ(back->new_connection_each.requests, 499u);
}

TEST(DemoMessagesTest, AnotherMessageIsNotTaken) {
  EXPECT_FALSE(from_line<CallPlan>(to_line(Progress{1})));
  EXPECT_FALSE(from_line<CallPlan>(kCallersReady));
  EXPECT_FALSE(from_line<CallPlan>("{"));
}

}  // namespace
}  // namespace trunkd
