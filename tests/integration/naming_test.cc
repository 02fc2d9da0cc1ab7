// Every way to name a session, end to end, and how the answer is seen from there.

#include "integration/proxy_test.h"

namespace trunkd {
namespace {

class NamingTest : public ProxyTest {
 protected:
  // The shared port; session "shop" has base path /v1, "many" may reach the same origin.
  void start_shared() {
    start_with("listen: 0\nsessions:\n  shop:\n    listen: 0\n    base_url: " + origin_.url() +
               "/v1\n  many:\n    allow_hosts: [\"127.0.0.1:" + std::to_string(origin_.port()) +
               "\"]\n");
  }
  TestClient& shared() { return client_at(proxy_->port("")); }
  std::string sent() { return seen().head.target; }
};

TEST_F(NamingTest, AnOwnListenerAddsTheBasePath) {
  start_shared();
  get("/things?x=1");
  EXPECT_EQ(sent(), "/v1/things?x=1");
  get("/");
  EXPECT_EQ(sent(), "/v1");
}

TEST_F(NamingTest, TheSharedPortKnowsHeaderHostPathAndProxyUser) {
  start_shared();
  EXPECT_EQ(finished(shared().get("/a", "Trunkd-Session: shop\r\n")).status(), 200);
  EXPECT_EQ(sent(), "/v1/a");
  EXPECT_EQ(finished(shared().get("/b", "Host: shop.localhost:7480\r\n")).status(), 200);
  EXPECT_EQ(sent(), "/v1/b");
  EXPECT_EQ(finished(shared().get("/s/shop/c")).status(), 200);
  EXPECT_EQ(sent(), "/v1/c");
  // "shop:x"
  EXPECT_EQ(finished(shared().get(origin_.url() + "/d", "Proxy-Authorization: Basic c2hvcDp4\r\n"))
                .status(),
            200);
  EXPECT_EQ(sent(), "/d");
}

TEST_F(NamingTest, AManyHostSessionTakesItsTargetThreeWays) {
  start_shared();
  const std::string host = "127.0.0.1:" + std::to_string(origin_.port());
  EXPECT_EQ(finished(shared().get(origin_.url() + "/a", "Trunkd-Session: many\r\n")).status(), 200);
  EXPECT_EQ(sent(), "/a");
  EXPECT_EQ(
      finished(shared().get("/b", "Trunkd-Session: many\r\nTrunkd-Target: http://" + host + "\r\n"))
          .status(),
      200);
  EXPECT_EQ(sent(), "/b");
  EXPECT_EQ(finished(shared().get("/s/many/http/" + host + "/c")).status(), 200);
  EXPECT_EQ(sent(), "/c");
}

TEST_F(NamingTest, NoSessionIsA404ThatListsTheWays) {
  start_shared();
  auto call = finished(shared().get("/x"));
  EXPECT_EQ(call.status(), 404);
  EXPECT_NE(call.body().find("Trunkd-Session"), std::string::npos);
  EXPECT_EQ(finished(shared().get("http://unknown.example/")).status(), 407);
}

TEST_F(NamingTest, TwoDifferentAnswersAreA400) {
  start_shared();
  EXPECT_EQ(finished(shared().get("/s/shop/x", "Trunkd-Session: many\r\n")).status(), 400);
  EXPECT_EQ(origin_.requests(), 0u);
}

TEST_F(NamingTest, AHostOutsideTheListIsA403AndAStrangeHostA421) {
  start_shared();
  EXPECT_EQ(finished(shared().get("/s/many/https/example.com/")).status(), 403);
  EXPECT_EQ(finished(client().get("/", "Host: evil.example\r\n")).status(), 421);
  EXPECT_EQ(origin_.requests(), 0u);
}

TEST_F(NamingTest, AWebPageOfAnotherOriginIsRefused) {
  start_shared();
  auto call = get("/", "Origin: https://evil.example\r\n");
  EXPECT_EQ(call.status(), 403);
  EXPECT_NE(call.body().find("allow_origins"), std::string::npos);
  EXPECT_EQ(get("/", "Sec-Fetch-Site: cross-site\r\n").status(), 403);
  EXPECT_EQ(origin_.requests(), 0u);
}

TEST_F(NamingTest, ConnectIsRefusedWithItsReason) {
  start_shared();
  auto call = finished(
      shared().send_request("CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\n\r\n"));
  EXPECT_EQ(call.status(), 405);
  EXPECT_NE(call.field("Allow"), "");
  EXPECT_NE(call.body().find("tunnel"), std::string::npos);
}

TEST_F(NamingTest, AnUnknownMethodIsA501) {
  start_shared();
  EXPECT_EQ(finished(client().request("BREW", "/pot")).status(), 501);
}

TEST_F(NamingTest, LocationIsSeenFromWhereTheClientStands) {
  start_shared();
  const std::string location = "Location: " + origin_.url() + "/v1/new?x=1\r\n";
  origin_.script(script::answer(302, "", location));
  EXPECT_EQ(get("/").field("Location"), "/new?x=1");
  EXPECT_EQ(finished(shared().get("/s/shop/")).field("Location"), "/s/shop/new?x=1");
  EXPECT_EQ(finished(shared().get(origin_.url() + "/v1/old", "Trunkd-Session: shop\r\n"))
                .field("Location"),
            origin_.url() + "/v1/new?x=1");
  origin_.script(script::answer(302, "", "Location: https://other.example/v1/\r\n"));
  EXPECT_EQ(get("/").field("Location"), "https://other.example/v1/");
}

TEST_F(NamingTest, AUnixSocketIsASessionsListener) {
  const std::string path = testing::TempDir() + "/trunkd-naming-test.sock";
  start_with("listen: off\nsessions:\n  shop: {listen: \"unix:" + path + "\", base_url: \"" +
             origin_.url() + "\"}\n");
  auto one = TestClient::over_unix(loop_, path);
  EXPECT_EQ(finished(one->get("/", "Host: any.name\r\nOrigin: https://any.page\r\n")).status(),
            200);
}

}  // namespace
}  // namespace trunkd
