#include <gtest/gtest.h>
#include <sstream>
#include <vector>

#include "daemon/commands/ctl/daemon_text.h"
#include "daemon/commands/ctl/for_people.h"
#include "daemon/commands/ctl/request_text.h"
#include "daemon/commands/ctl/session_text.h"
#include "daemon/commands/ctl/text_table.h"
#include "unit/daemon/ctl_json.h"

namespace trunkd {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(TextTableTest, ColumnsLineUpAndNoLineEndsWithSpaces) {
  TextTable table({{"NAME"}, {"COUNT", TextTable::Align::right}, {"NOTE"}});
  table.add({"a", "1", ""});
  table.add({"a-long-name", "12,345", "full"});
  EXPECT_EQ(table.text(),
            "NAME          COUNT  NOTE\n"
            "a                 1\n"
            "a-long-name  12,345  full\n");
}

TEST(TextTableTest, CharactersOfSeveralBytesAreOneColumnWide) {
  TextTable table({{"NAME"}, {"X"}});
  table.add({"h\xc3\xb6r", "1"});
  table.add({"hoer", "2"});
  EXPECT_EQ(table.text(), "NAME  X\nh\xc3\xb6r   1\nhoer  2\n");
}

TEST(ForPeopleTest, WhatCouldMoveTheCursorIsEscaped) {
  EXPECT_EQ(printable("plain \"text\" \xc3\xb6"), "plain \"text\" \xc3\xb6");
  EXPECT_EQ(printable("\x1b[2J\r\n\x7f"), "\\x1b[2J\\x0d\\x0a\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");  // C1: CSI
  EXPECT_EQ(printable("a\xff"), "a\\xff");
}

TEST(ForPeopleTest, TimesHaveAUnitThatFits) {
  EXPECT_EQ(milliseconds_text(0.04), "0.0 ms");
  EXPECT_EQ(milliseconds_text(9.94), "9.9 ms");
  EXPECT_EQ(milliseconds_text(120.4), "120 ms");
  EXPECT_EQ(milliseconds_text(999.7), "1.00 s");
  EXPECT_EQ(milliseconds_text(125'000), "2 min 5 s");
  EXPECT_EQ(age_text(59.9), "59 s");
  EXPECT_EQ(age_text(7500), "2 h 5 min");
  EXPECT_EQ(age_text(90'000), "1 d 1 h");
}

TEST(ForPeopleTest, AHundredPercentIsSaidOnlyOfAll) {
  EXPECT_EQ(share_text(99'999, 100'000), "99.9 %");
  EXPECT_EQ(share_text(5, 5), "100.0 %");
  EXPECT_EQ(share_text(0, 0), "-");
}

TEST(SessionsTableTest, EachSessionIsALineOfTheColumnsThatAreNamed) {
  Json quiet = ctl_session("quiet");
  quiet["state"] = "paused";
  quiet["leases"] = {{"total", 0}, {"reused", 0}};
  const auto lines = lines_of(sessions_table(ctl_sessions({ctl_session("shop"), quiet})));
  ASSERT_EQ(lines.size(), 3);
  EXPECT_EQ(lines[0],
            "NAME   STATE    TARGET                      BUSY  IDLE  CONNECTING  LIMIT  WAITING   "
            "REUSE");
  EXPECT_EQ(lines[1],
            "shop   running  https://api.example.com/v1     2     1           0      4        3  "
            "97.6 %");
  EXPECT_EQ(lines[2].substr(0, 15), "quiet  paused  ");
  EXPECT_EQ(lines[2].substr(lines[2].size() - 3), "  -");
}

TEST(SessionsTableTest, WhoUsesAnothersPoolIsSaidToDoSo) {
  Json guest = ctl_session("guest");
  guest["pool"] = "shop";
  const auto lines = lines_of(sessions_table(ctl_sessions({ctl_session("shop"), guest})));
  EXPECT_TRUE(lines[0].ends_with("POOL OF"));
  EXPECT_TRUE(lines[1].ends_with("%"));
  EXPECT_TRUE(lines[2].ends_with("%  shop"));
}

TEST(SessionTextTest, HostsAndConnectionsFollowTheNumbers) {
  Json session = ctl_session("shop");
  session["queue"]["held"] = 2;
  session["origins"] = Json::parse(R"([{"origin": "https://api.example.com", "connecting": 1,
    "idle": 1, "busy": 2, "waiting": 3, "failing": true}])");
  session["connection_list"] = Json::parse(R"([
    {"id": null, "origin": "https://api.example.com", "state": "connecting", "address": null,
     "uses": 0, "age_seconds": null, "state_seconds": 0.2},
    {"id": 9, "origin": "https://api.example.com", "state": "idle", "address": "192.0.2.1:443",
     "uses": 17, "age_seconds": 61.0, "state_seconds": 4.5}])");
  const std::string text = session_text(session);
  EXPECT_NE(text.find("shop is running\n"), std::string::npos);
  EXPECT_NE(text.find("2 busy, 1 idle, 0 connecting, of at most 4\n"), std::string::npos);
  EXPECT_NE(text.find("3 requests waiting (2 held back), of at most 10,000\n"), std::string::npos);
  EXPECT_NE(text.find("976 of 1,000 requests got a kept connection (97.6 %)\n"), std::string::npos);
  EXPECT_NE(text.find("no connection can be opened\n"), std::string::npos);
  EXPECT_NE(text.find(" -  https://api.example.com  -              connecting  0 s"),
            std::string::npos);
  EXPECT_NE(text.find(" 9  https://api.example.com  192.0.2.1:443  idle        4 s  1 min    17"),
            std::string::npos);
}

TEST(VerbSentenceTest, SaysWhatGoesOnAndHowToGoBack) {
  EXPECT_EQ(verb_sentence("pause", ctl_session("shop")),
            "shop is paused: requests wait until trunkd ctl resume shop. 2 requests under way go "
            "on.\n");
  Json session = ctl_session("shop");
  session["connections"]["busy"] = 0;
  EXPECT_EQ(verb_sentence("close", session),
            "shop is closed: requests are refused until trunkd ctl start shop.\n");
}

TEST(StatusTextTest, NamesVersionStateAndAge) {
  const std::string text = status_text(ctl_status());
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "trunkd 0.1.0 is running, process 7, for 2 h 5 min (since 2026-01-01T00:00:00Z)");
  EXPECT_NE(text.find("12,345"), std::string::npos);
}

TEST(ReloadTextTest, SaysWhatHasChangedAndWhatWaits) {
  const Json outcome = Json::parse(R"({"reloaded": true, "added": ["a"], "removed": [],
    "changed": ["b", "c"], "notices": ["listen: from the next start on"], "errors": []})");
  EXPECT_EQ(reload_text(outcome),
            "added:    a\nchanged:  b, c\nnote:     listen: from the next start on\n");
}

TEST(ReloadTextTest, ThatNothingHasChangedIsSaid) {
  const Json outcome = Json::parse(
      R"({"reloaded": true, "added": [], "removed": [], "changed": [], "notices": [],
          "errors": []})");
  EXPECT_EQ(reload_text(outcome), "Reloaded; no session has changed.\n");
}

TEST(ReloadTextTest, EachMistakeIsALine) {
  EXPECT_EQ(reload_errors({{"errors", {"a.yaml:1:1: x: unknown key", "a.yaml:2:1: y: too\nlong"}}}),
            "a.yaml:1:1: x: unknown key\na.yaml:2:1: y: too\\x0along\n");
}

TEST(CookieListTableTest, LooksLikeThatOfAStoppedDaemon) {
  const Json cookies = Json::parse(R"([{"domain": "example.com", "host_only": false, "path": "/",
    "name": "sid", "expires": null, "secure": true, "http_only": true, "same_site": "Lax",
    "created": "2026-01-01T00:00:00Z"}])");
  EXPECT_EQ(cookie_list_table(cookies),
            "DOMAIN        PATH  NAME  EXPIRES  FLAGS\n"
            ".example.com  /     sid   session  Secure HttpOnly SameSite=Lax\n");
  EXPECT_EQ(cookie_list_table(Json::array()), "There are no cookies.\n");
}

TEST(RequestsTableTest, ARequestThatFoundNoSessionAndOneWithoutAnAnswerHaveDashes) {
  Json request = ctl_request();
  request["session"] = "";
  request["origin"] = nullptr;
  request["status"] = 0;
  request["path"] = "/\x1b[2J";
  const auto lines = lines_of(requests_table({{"requests", {request}}}));
  EXPECT_EQ(lines[0],
            "STARTED               ID           SESSION  STATUS   TOOK  ERROR  ORIGIN  ASKED FOR");
  EXPECT_EQ(lines[1],
            "2026-01-01T00:00:00Z  0badcafe-17  -             -  32 ms  -      -       "
            "GET /\\x1b[2J");
}

TEST(RequestsTableTest, WhatTheClientAskedForIsNotGluedToTheOrigin) {
  Json request = ctl_request();
  for (const char* path : {"/items", "http://api.example.com/items"}) {
    request["path"] = path;
    const std::string text = requests_table({{"requests", {request}}});
    EXPECT_NE(text.find(std::string("  https://api.example.com  GET ") + path + '\n'),
              std::string::npos)
        << text;
  }
}

TEST(RequestsTableTest, ThatThereIsNoneIsASentence) {
  EXPECT_EQ(requests_table({{"requests", Json::array()}}),
            "No request has failed or taken longer than a second lately.\n");
}

TEST(CtlTextTest, AnAnswerOfAnotherShapeIsAnException) {
  EXPECT_THROW(sessions_table(Json::object()), Json::exception);
  EXPECT_THROW(status_text(Json::array()), Json::exception);
  EXPECT_THROW(request_story({{"session", 5}}), Json::exception);
}

}  // namespace
}  // namespace trunkd
