#include <gtest/gtest.h>
#include <utility>

#include "daemon/commands/ctl/top_text.h"
#include "unit/daemon/ctl_json.h"

namespace trunkd {
namespace {

class TopTest : public testing::Test {
 protected:
  TopTest() {
    before_.status = after_.status = ctl_status();
    before_.sessions = after_.sessions = ctl_sessions({ctl_session("quiet"), ctl_session("shop")});
    before_.at = SteadyTime(100s);
    after_.at = SteadyTime(102s);
    after_.wall = WallTime(Duration(1'767'225'600s));
    after_.status["requests"] = 12'345 + 3000;
    after_.sessions["sessions"][1]["leases"]["total"] = 1000 + 3000;
  }

  TopSample before_, after_;
};

TEST_F(TopTest, RatesAreTheDifferencesAndTheBusiestComesFirst) {
  const std::string text = top_text(before_, after_);
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "trunkd 0.1.0 is running for 2 h 5 min: 12 clients connected, 1,500 requests/s, 15,345 "
            "in all");
  const size_t shop = text.find("\nshop "), quiet = text.find("\nquiet ");
  ASSERT_NE(shop, std::string::npos);
  EXPECT_LT(shop, quiet);
  EXPECT_NE(text.find("shop   running       1,500     2     1           0      4        3  24.4 %"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("quiet  running         0.0 "), std::string::npos) << text;
}

TEST_F(TopTest, NothingIsComparedWithAnotherRunOfTheDaemon) {
  after_.status["pid"] = 8;
  const Json object = Json::parse(top_json(before_, after_));
  EXPECT_TRUE(object.at("requests_per_second").is_null());
  EXPECT_TRUE(object.at("sessions")[1].at("leases_per_second").is_null());
}

TEST_F(TopTest, ASessionThatIsNewHasNoRateYet) {
  before_.sessions = ctl_sessions({ctl_session("quiet")});
  const Json object = Json::parse(top_json(before_, after_));
  EXPECT_EQ(object.at("sessions")[0].at("leases_per_second"), 0.0);
  EXPECT_TRUE(object.at("sessions")[1].at("leases_per_second").is_null());
}

TEST_F(TopTest, JsonIsOneLineWithTheSessionsAsTheyAre) {
  const std::string line = top_json(before_, after_);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  Json object = Json::parse(line);
  EXPECT_EQ(object.at("time"), "2026-01-01T00:00:00Z");
  EXPECT_EQ(object.at("seconds"), 2.0);
  EXPECT_EQ(object.at("requests_per_second"), 1500.0);
  Json session = object.at("sessions")[1];
  EXPECT_EQ(session.at("leases_per_second"), 1500.0);
  session.erase("leases_per_second");
  EXPECT_EQ(session, after_.sessions.at("sessions")[1]);
}

TEST(CroppedTest, WhatDoesNotFitTheScreenIsCountedOrCut) {
  EXPECT_EQ(cropped("abcdef\ng\n", 3, 0), "abc\ng\n");
  EXPECT_EQ(cropped("a\nb\nc\nd\n", 0, 3), "a\nb\n... and 2 more\n");
  EXPECT_EQ(cropped("a\nb\nc\n", 0, 3), "a\nb\nc\n");
  EXPECT_EQ(cropped("\xc3\xb6\xc3\xb6\xc3\xb6", 2, 0), "\xc3\xb6\xc3\xb6\n");
  EXPECT_EQ(cropped("a\nb\n", 0, 0), "a\nb\n");
}

}  // namespace
}  // namespace trunkd
