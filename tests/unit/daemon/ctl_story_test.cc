#include <gtest/gtest.h>

#include "base/error.h"
#include "daemon/commands/ctl/advice.h"
#include "daemon/commands/ctl/request_text.h"
#include "unit/daemon/ctl_json.h"

namespace trunkd {
namespace {

TEST(RequestStoryTest, ARequestThatWentWellIsToldInOrder) {
  EXPECT_EQ(request_story(ctl_request()),
            "2026-01-01T00:00:00Z: a client asked session \"shop\" for GET /items (request "
            "0badcafe-17).\n"
            "It was for https://api.example.com.\n"
            "It did not have to wait in line.\n"
            "Connection 5, which was open already, carried it as its request 42.\n"
            "The origin's answer began 30 ms after it was sent.\n"
            "The client got status 200, 1,234 bytes, 32 ms in all.\n");
}

TEST(RequestStoryTest, ANewConnectionIsToldWithWhatItTook) {
  Json request = ctl_request();
  request["connection"] = {{"id", 6}, {"reused", false}, {"uses", 1}};
  request["milliseconds"]["dns"] = 3.0;
  request["milliseconds"]["connect"] = 12.0;
  request["milliseconds"]["tls"] = 20.5;
  EXPECT_NE(request_story(request).find("Connection 6 carried it, a new one: 3.0 ms to look up the "
                                        "name, 12 ms to connect, 20 ms for TLS.\n"),
            std::string::npos);
}

TEST(RequestStoryTest, OneThatGotNoConnectionIsToldWithWhatToDo) {
  Json request = ctl_request();
  request["status"] = 503;
  request["error"] = "queue_timeout";
  request["detail"] = "waited 30 s";
  request["connection"] = nullptr;
  request["milliseconds"] = {{"total", 30'000.0},  {"queue", 0.0},   {"dns", nullptr},
                             {"connect", nullptr}, {"tls", nullptr}, {"ttfb", nullptr}};
  const std::string story = request_story(request);
  EXPECT_NE(story.find("It waited 30.00 s and got no connection.\n"), std::string::npos);
  EXPECT_NE(story.find("trunkd itself answered with status 503"), std::string::npos);
  EXPECT_NE(story.find("\n\nWhat went wrong: No connection became free in time (queue_timeout): "
                       "waited 30 s\nWhat to do: "),
            std::string::npos);
  EXPECT_NE(story.find("sessions.shop.connections"), std::string::npos);
  EXPECT_EQ(story.find("NAME"), std::string::npos);
}

TEST(RequestStoryTest, OneThatWasSentNowhereSaysSo) {
  Json request = ctl_request();
  request["session"] = "";
  request["origin"] = nullptr;
  request["attempts"] = 0;
  request["connection"] = nullptr;
  request["status"] = 404;
  request["error"] = "unknown_session";
  request["milliseconds"]["queue"] = nullptr;
  request["milliseconds"]["ttfb"] = nullptr;
  const std::string story = request_story(request);
  EXPECT_NE(story.find("a client asked for GET /items"), std::string::npos);
  EXPECT_NE(story.find("It was sent nowhere.\n"), std::string::npos);
  EXPECT_NE(story.find("trunkd ctl sessions"), std::string::npos);
}

TEST(RequestStoryTest, AnErrorOfTheOriginsIsNotTrunkds) {
  Json request = ctl_request();
  request["status"] = 500;
  EXPECT_TRUE(request_story(request).ends_with(
      "\n\nWhat to do: The error is the origin's own: look there.\n"));
}

TEST(RequestStoryTest, AClientThatLeftIsNoFailureOfTheOrigins) {
  Json request = ctl_request();
  request["status"] = 0;
  request["error"] = "client_gone";
  const std::string story = request_story(request);
  EXPECT_NE(story.find("The client had no answer when it ended"), std::string::npos);
  EXPECT_NE(story.find("The client left before the end (client_gone).\n"), std::string::npos);
}

TEST(RequestStoryTest, ASlowOneSaysWhereTheTimeWent) {
  Json request = ctl_request();
  request["milliseconds"]["total"] = 2000.0;
  request["milliseconds"]["queue"] = 1500.0;
  EXPECT_NE(request_story(request).find("\nWhat took long: it waited in line most of the time"),
            std::string::npos);
  request["milliseconds"]["queue"] = 10.0;
  request["milliseconds"]["ttfb"] = 1900.0;
  EXPECT_NE(request_story(request).find("\nWhat took long: the origin"), std::string::npos);
  request["milliseconds"]["ttfb"] = 20.0;
  EXPECT_NE(request_story(request).find("\nWhat took long: the bodies"), std::string::npos);
  request["attempts"] = 3;
  EXPECT_NE(request_story(request).find("\nWhat took long: the tries before"), std::string::npos);
}

TEST(AdviceTest, ThereIsSomeForEachFailureAndItsWordLeadsToIt) {
  for (int i = 0; i <= static_cast<int>(ErrorKind::internal); ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    EXPECT_EQ(failure_named(failure_of(kind).word), kind);
    EXPECT_GT(advice_for(kind, "shop").size(), 20) << failure_of(kind).word;
    EXPECT_EQ(advice_for(kind, "shop").find("NAME"), std::string::npos);
  }
  EXPECT_EQ(failure_named("no_such_word"), std::nullopt);
}

}  // namespace
}  // namespace trunkd
