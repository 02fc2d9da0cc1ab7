// What a session keeps between requests: its cookies, its pauses, and a pool that it shares.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

class SessionStateTest : public ProxyTest {
 protected:
  static std::string cookie(const std::string& value) { return "Set-Cookie: " + value + "\r\n"; }
};

TEST_F(SessionStateTest, ACookieStaysWithTheSessionAndGoesWithEveryClientsRequest) {
  start("cookies: memory");
  origin_.next(script::answer(200, "in", cookie("sid=1; Path=/")));
  auto call = get("/login");
  EXPECT_EQ(call.field("Set-Cookie"), "");
  EXPECT_EQ(call.body(), "in");
  get("/account");
  EXPECT_EQ(seen_field("Cookie"), "sid=1");
}

TEST_F(SessionStateTest, WithoutAJarCookiesPassAsTheyAre) {
  start();
  origin_.next(script::answer(200, "in", cookie("sid=1; Path=/")));
  EXPECT_EQ(get("/login").field("Set-Cookie"), "sid=1; Path=/");
  get("/account");
  EXPECT_EQ(seen_field("Cookie"), "");
}

TEST_F(SessionStateTest, ARequestWithoutTrunkdJarHasNoJar) {
  start("cookies: {scope: header}");
  origin_.next(script::answer(200, "in", cookie("sid=1")));
  EXPECT_EQ(get("/login", "Trunkd-Jar: jane\r\n").field("Set-Cookie"), "");
  get("/account");
  EXPECT_EQ(seen_field("Cookie"), "");
  get("/account", "Trunkd-Jar: jane\r\n");
  EXPECT_EQ(seen_field("Cookie"), "sid=1");
  EXPECT_EQ(seen_field("Trunkd-Jar"), "");
  EXPECT_EQ(get("/account", "Trunkd-Jar: ../jane\r\n").status(), 400);
}

TEST_F(SessionStateTest, TheCookiesOfAHopGoWithTheNext) {
  start("cookies: memory\nredirects: {follow: 5}");
  origin_.next(script::answer(303, "", "Location: /home\r\n" + cookie("sid=1; Path=/")));
  auto call = finished(client().request("POST", "/login", "", "user=jane"));
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(seen().head.target, "/home");
  EXPECT_EQ(seen_field("Cookie"), "sid=1");
}

TEST_F(SessionStateTest, ALoginThatLeadsBackIsNoLoop) {
  start("cookies: memory\nredirects: {follow: 5}");
  origin_.script([](TestOrigin::Connection& connection, const TestRequest& request) {
    if (request.head.target == "/login") {
      return connection.reply(302, "", "Location: /a\r\n" + cookie("sid=1; Path=/"));
    }
    if (request.head.headers.has("Cookie")) return connection.reply(200, "welcome");
    connection.reply(302, "", "Location: /login\r\n");
  });
  auto call = get("/a");
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(call.body(), "welcome");
}

TEST_F(SessionStateTest, ACookieAndARedirectToTheSamePlaceIsNoLoop) {
  start("cookies: memory\nredirects: {follow: 5}");
  origin_.next(script::answer(302, "", "Location: /a\r\n" + cookie("seen=1")));
  auto call = get("/a");
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(seen_field("Cookie"), "seen=1");
}

TEST_F(SessionStateTest, APauseIsForAllAndWhoCannotWaitIsToldAtOnce) {
  start("queue: {timeout: 5s}");
  origin_.next(script::answer(429, "slow", "Retry-After: 100\r\n"));
  auto first = get("/a");
  EXPECT_EQ(first.status(), 429);
  EXPECT_EQ(first.body(), "slow");
  auto second = get("/b");
  EXPECT_EQ(second.status(), 503);
  EXPECT_EQ(second.field("Retry-After"), "100");
  EXPECT_NE(second.body().find("urn:trunkd:paused"), std::string::npos);
  EXPECT_NE(second.body().find("\"setting\":\"retry.retry_after.max\""), std::string::npos);
  EXPECT_EQ(origin_.requests(), 1u);
  expect_pool_whole();
}

TEST_F(SessionStateTest, ASessionThatObeysNoPauseGoesOn) {
  start("retry: {retry_after: {max: off}}");
  origin_.next(script::answer(429, "slow", "Retry-After: 100\r\n"));
  EXPECT_EQ(get("/a").status(), 429);
  EXPECT_EQ(get("/b").status(), 200);
}

TEST_F(SessionStateTest, SessionsThatShareAPoolShareItsConnectionsAndNothingElse) {
  start_with(
      "listen: off\nsessions:\n  shop:\n    listen: 0\n    base_url: " + origin_.url() +
      "\n    connections: 1\n    cookies: memory\n  reports:\n    listen: 0\n    base_url: " +
      origin_.url() + "/reports\n    pool: shop\n    headers: {X-Report: \"1\"}\n");
  origin_.next(script::answer(200, "in", cookie("sid=1; Path=/")));
  get("/login");
  auto report = finished(client_at(proxy_->port("reports")).get("/daily"));
  EXPECT_EQ(report.status(), 200);
  EXPECT_EQ(seen().head.target, "/reports/daily");
  EXPECT_EQ(seen_field("X-Report"), "1");
  EXPECT_EQ(seen_field("Cookie"), "");
  EXPECT_EQ(origin_.accepted(), 1u);
}

TEST_F(SessionStateTest, EachSessionOfASharedPoolHasAQueueOfItsOwnLength) {
  start_with("listen: off\nsessions:\n  shop:\n    listen: 0\n    base_url: " + origin_.url() +
             "\n    connections: 1\n  reports:\n    listen: 0\n    base_url: " + origin_.url() +
             "\n    pool: shop\n    queue: {max: 0}\n");
  TestOrigin::Connection* waiting = nullptr;
  origin_.next(
      [&](TestOrigin::Connection& connection, const TestRequest&) { waiting = &connection; });
  auto first = client().get("/a");
  run_until([&] { return waiting != nullptr; }, "the first request");
  auto second = client().get("/b");
  auto refused = finished(client_at(proxy_->port("reports")).get("/c"));
  EXPECT_EQ(refused.status(), 503);
  EXPECT_FALSE(second.done());
  waiting->reply(200);
  EXPECT_EQ(finished(first).status(), 200);
  EXPECT_EQ(finished(second).status(), 200);
}

// A session whose cookies are kept in a file of a directory of the test's own.
class KeptCookiesTest : public SessionStateTest {
 protected:
  KeptCookiesTest() {
    std::string pattern = testing::TempDir() + "/trunkd-state-XXXXXX";
    directory_ = mkdtemp(pattern.data());
    setenv("STATE_DIRECTORY", directory_.c_str(), 1);
  }
  ~KeptCookiesTest() override {
    proxy_.reset();
    unsetenv("STATE_DIRECTORY");
    std::filesystem::remove_all(directory_);
  }

  std::string file() const {
    std::ifstream in(directory_ + "/cookies/shop.txt");
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string directory_;
};

TEST_F(KeptCookiesTest, AProblemMadeOfAnAnswerIsToldOnceItsCookiesAreInTheFile) {
  start("cookies: {persist: true}\nraise_for_status: true");
  origin_.next(script::answer(403, "no", cookie("sid=raised; Max-Age=60")));
  EXPECT_EQ(get("/").status(), 403);
  EXPECT_NE(file().find("raised"), std::string::npos) << file();
}

TEST_F(KeptCookiesTest, SoIsAnErrorOfOurOwnAfterAnAnswerWithCookies) {
  start("cookies: {persist: true}\nredirects: {follow: 1}");
  origin_.script(script::answer(302, "", "Location: /next\r\n" + cookie("sid=lost; Max-Age=60")));
  EXPECT_GE(get("/").status(), 500);
  EXPECT_NE(file().find("lost"), std::string::npos) << file();
}

TEST_F(KeptCookiesTest, AJarThatIsRemovedAndComesBackIsTheOneOfAnAnswerUnderWay) {
  const auto reload = [&](const std::string& sessions) {
    const auto config = std::make_shared<const Config>(test_config("listen: off\n" + sessions));
    EXPECT_TRUE(proxy_->server().reload(config).good());
  };
  const std::string base = "listen: 0, base_url: \"" + origin_.url() + "\"";
  const std::string shop = "sessions: {shop: {" + base + ", cookies: {persist: true}}}";
  start_with("listen: off\n" + shop);
  TestOrigin::Connection* waiting = nullptr;
  origin_.next(
      [&](TestOrigin::Connection& connection, const TestRequest&) { waiting = &connection; });
  auto under_way = client_at(proxy_->port("shop")).get("/");
  run_until([&] { return waiting != nullptr; }, "the request");
  reload("sessions: {other: {" + base + "}}");
  reload(shop);
  waiting->reply(200, "", cookie("late=1; Max-Age=60"));
  EXPECT_EQ(finished(under_way).status(), 200);
  EXPECT_EQ(finished(client_at(proxy_->port("shop")).get("/")).status(), 200);
  EXPECT_EQ(seen_field("Cookie"), "late=1");
}

}  // namespace
}  // namespace trunkd
