#include "proxy/local_reply.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace trunkd {
namespace {

constexpr WallTime kNow{784111777s};  // Sun, 06 Nov 1994 08:49:37 GMT

TEST(LocalReplyTest, AProblemSaysWhatWhereAndWhatToDo) {
  const LocalReply reply =
      problem_reply({ErrorKind::queue_timeout, "it said \"no\"", "Wait less."}, "shop", kNow);
  EXPECT_EQ(reply.head.status, 503);
  const auto json = nlohmann::json::parse(reply.body);
  EXPECT_EQ(json["type"], "urn:trunkd:queue_timeout");
  EXPECT_EQ(json["status"], 503);
  EXPECT_EQ(json["session"], "shop");
  EXPECT_EQ(json["phase"], "queue");
  EXPECT_EQ(json["setting"], "queue.timeout");
  EXPECT_EQ(json["detail"], "it said \"no\"");
  EXPECT_EQ(json["hint"], "Wait less.");
  EXPECT_NE(reply.fields.find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_NE(reply.fields.find("Proxy-Status: trunkd; error=connection_limit_reached; "
                              "details=\"it said \\\"no\\\"\"\r\n"),
            std::string::npos);
  EXPECT_NE(reply.fields.find("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), std::string::npos);
}

TEST(LocalReplyTest, SaysWhenToComeAgainInWholeSecondsAndNeverTooEarly) {
  const auto reply = [](std::optional<Duration> rest) {
    Error error{ErrorKind::paused, "wait", ""};
    error.retry_after = rest;
    return problem_reply(error, "shop", kNow).fields;
  };
  EXPECT_NE(reply(1001ms).find("Retry-After: 2\r\n"), std::string::npos);
  EXPECT_NE(reply(90s).find("Retry-After: 90\r\n"), std::string::npos);
  EXPECT_NE(reply(1us).find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_NE(reply(0s).find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_NE(reply({}).find("Retry-After: 1\r\n"), std::string::npos);
}

TEST(LocalReplyTest, InputCannotForgeFieldsOrBreakTheJson) {
  const LocalReply reply =
      problem_reply({ErrorKind::unknown_session, "a\r\nEvil: 1\xff", ""}, {}, kNow);
  EXPECT_EQ(reply.fields.find("\nEvil"), std::string::npos);
  EXPECT_TRUE(nlohmann::json::accept(reply.body));
}

TEST(LocalReplyTest, EveryKindHasAProblemThatParses) {
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind) {
    const LocalReply reply = problem_reply({static_cast<ErrorKind>(kind), "detail", ""}, "s", kNow);
    EXPECT_EQ(nlohmann::json::parse(reply.body)["status"], reply.head.status);
  }
}

TEST(LocalReplyTest, TraceEchoesWithoutCredentials) {
  RequestHead request;
  request.method = "TRACE";
  request.target = "/";
  request.headers.add("Cookie", "secret");
  request.headers.add("X-A", "1");
  const LocalReply reply = trace_reply(request, kNow);
  EXPECT_EQ(reply.body, "TRACE / HTTP/1.1\r\nX-A: 1\r\n\r\n");
  EXPECT_NE(reply.fields.find("Content-Type: message/http"), std::string::npos);
}

}  // namespace
}  // namespace trunkd
