// Answers that are not the last word: tried again, raised as problems, and the time it may all
// take.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

using RetryTest = ProxyTest;

constexpr std::string_view kRetry503 = "retry: {attempts: 3, on: [503], backoff: 1ms}";

TEST_F(RetryTest, AListedStatusIsTriedAgainForAMethodThatCanBeRepeated) {
  start(kRetry503);
  origin_.next(script::answer(503, "busy"));
  origin_.next(script::answer(503, "busy"));
  auto call = get("/a");
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(origin_.requests(), 3u);
  EXPECT_EQ(origin_.accepted(), 1u);  // what was set aside has been read to its end
  expect_pool_whole();
}

TEST_F(RetryTest, AfterTheLastAttemptTheClientGetsTheAnswer) {
  start(kRetry503);
  origin_.script(script::answer(503, "busy"));
  auto call = get("/a");
  EXPECT_EQ(call.status(), 503);
  EXPECT_EQ(call.body(), "busy");
  EXPECT_EQ(origin_.requests(), 3u);
}

TEST_F(RetryTest, APostIsNotTriedAgainUnlessItSaysThatItMayBe) {
  start(kRetry503);
  origin_.next(script::answer(503));
  EXPECT_EQ(finished(client().request("POST", "/a", "", "x")).status(), 503);
  EXPECT_EQ(origin_.requests(), 1u);

  origin_.next(script::answer(503));
  auto call = finished(client().request("POST", "/a", "Idempotency-Key: 1\r\n", "x"));
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(seen().body, "x");
  EXPECT_EQ(origin_.requests(), 3u);
}

TEST_F(RetryTest, AnyMethodThatWasTurnedAwayIsTriedAgain) {
  start("retry: {attempts: 2, on: [429], backoff: 1ms}");
  origin_.next(script::answer(429));
  auto call = finished(client().request("POST", "/a", "", "x"));
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(seen().body, "x");
}

TEST_F(RetryTest, AStatusThatIsNotListedIsTheClients) {
  start(kRetry503);
  origin_.script(script::answer(502));
  EXPECT_EQ(get("/a").status(), 502);
  EXPECT_EQ(origin_.requests(), 1u);
}

TEST_F(RetryTest, ABodyThatIsTooLongToKeepIsNotSentAgain) {
  start(kRetry503);
  origin_.next(script::answer(503));
  auto call = finished(client().request("PUT", "/a", "", std::string(100 * 1024, 'x')));
  EXPECT_EQ(call.status(), 503);
  EXPECT_EQ(origin_.requests(), 1u);
}

TEST_F(RetryTest, OneAttemptMeansThatNothingIsTriedAgain) {
  const std::string url = "http://127.0.0.1:" + std::to_string(refusing_port(loop_));
  start_with(session_yaml("shop", url, "retry: {attempts: 1}"));
  auto call = get("/");
  EXPECT_EQ(call.status(), 502);
  EXPECT_EQ(pool().open_failed, 1u);
}

// ---- raise_for_status

TEST_F(RetryTest, RaiseForStatusMakesAProblemOfAnErrorAndKeepsTheConnection) {
  start("raise_for_status: true");
  origin_.next(script::answer(404, "{\"message\": \"no such \\\"thing\\\"\"}",
                              "Content-Type: application/json; charset=utf-8\r\n"
                              "X-RateLimit-Remaining: 3\r\nX-Other: 1\r\n"));
  auto call = get("/a");
  EXPECT_EQ(call.status(), 404);
  EXPECT_EQ(call.field("Content-Type"), "application/problem+json");
  EXPECT_EQ(call.field("X-RateLimit-Remaining"), "3");
  EXPECT_EQ(call.field("X-Other"), "");
  EXPECT_NE(call.body().find("urn:trunkd:upstream_status"), std::string::npos);
  EXPECT_NE(call.body().find("\"status\":404"), std::string::npos);
  EXPECT_NE(call.body().find(R"("excerpt":"{\"message\": \"no such \\\"thing\\\"\"}")"),
            std::string::npos)
      << call.body();
  EXPECT_EQ(get("/b").status(), 200);
  EXPECT_EQ(origin_.accepted(), 1u);
}

TEST_F(RetryTest, RaiseForStatusShowsNoBytesThatAreNoText) {
  start("raise_for_status: true");
  origin_.next(script::answer(500, "\x1f\x8bgzip",
                              "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n"));
  auto call = get("/a");
  EXPECT_EQ(call.status(), 500);
  EXPECT_EQ(call.body().find("excerpt"), std::string::npos);
  origin_.next(script::answer(500, "\x89PNG", "Content-Type: image/png\r\n"));
  EXPECT_EQ(get("/a").body().find("excerpt"), std::string::npos);
}

TEST_F(RetryTest, RaiseForStatusCutsALongTextShort) {
  start("raise_for_status: true");
  origin_.next(script::answer(500, std::string(300 * 1024, 'x'), "Content-Type: text/plain\r\n"));
  auto call = get("/a");
  EXPECT_EQ(call.status(), 500);
  EXPECT_LT(call.body().size(), 4096u);
  expect_pool_whole();
}

TEST_F(RetryTest, RaiseForStatusLeavesGoodAnswersAndRedirectsAlone) {
  start("raise_for_status: true");
  origin_.next(script::answer(304));
  EXPECT_EQ(get("/a").status(), 304);
  origin_.next(script::answer(302, "", "Location: /b\r\n"));
  EXPECT_EQ(get("/a").status(), 302);
  EXPECT_EQ(get("/a").body(), "hello\n");
}

TEST_F(RetryTest, RaiseForStatusOfAHeadHasNoBody) {
  start("raise_for_status: true");
  origin_.next(script::answer(401, "", "WWW-Authenticate: Basic realm=\"x\"\r\n"));
  auto call = finished(client().send_request("HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n", true));
  EXPECT_EQ(call.status(), 401);
  EXPECT_EQ(call.field("WWW-Authenticate"), "Basic realm=\"x\"");
  EXPECT_EQ(call.body(), "");
}

// ---- timeouts.total

TEST_F(RetryTest, TheWholeMayTakeNoLongerThanItsTimeout) {
  start("timeouts: {total: 50ms}");
  origin_.script(script::stall());
  auto call = get("/a");
  EXPECT_EQ(call.status(), 504);
  EXPECT_NE(call.body().find("timeouts.total"), std::string::npos);
  expect_pool_whole();
}

TEST_F(RetryTest, TheTotalTimeEndsAWaitInTheQueueToo) {
  start_with(session_yaml("shop", origin_.url(), "connections: 1") +
             "  hasty:\n    listen: 0\n    base_url: " + origin_.url() +
             "\n    pool: shop\n    timeouts: {total: 50ms}\n");
  origin_.script(script::stall());
  client().get("/a");
  run_until([&] { return origin_.requests() == 1; });
  auto second = finished(client_at(proxy_->port("hasty")).get("/b"));
  EXPECT_EQ(second.status(), 504);
  EXPECT_NE(second.body().find("the wait for a connection"), std::string::npos) << second.body();
  EXPECT_NE(second.body().find("\"phase\":\"queue\""), std::string::npos) << second.body();
}

TEST_F(RetryTest, TheTotalTimeBreaksOffABodyThatGoesOn) {
  start("timeouts: {total: 50ms}");
  origin_.script(script::send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
  auto call = get("/a");
  EXPECT_EQ(call.status(), 200);
  EXPECT_TRUE(call.failed());
  expect_pool_whole();
}

}  // namespace
}  // namespace trunkd
