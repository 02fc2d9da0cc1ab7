// Who may ask what at which listener.

#include "admin/admin_access.h"

#include <gtest/gtest.h>
#include <initializer_list>
#include <utility>

namespace trunkd {
namespace {

class AdminAccessTest : public testing::Test {
 protected:
  using Fields = std::initializer_list<std::pair<const char*, const char*>>;

  AdminAccessTest() {
    door_.arrival.local_ip = "127.0.0.1";
    door_.arrival.local_port = 7490;
    door_.token = "secret";
  }

  // 0: it may be worked on.
  int status(const char* method, const char* target, Fields fields = {}) {
    RequestHead head;
    head.method = method;
    head.target = target;
    if (!has_host_) head.headers.add("Host", "127.0.0.1:7490");
    for (const auto& [name, value] : fields) head.headers.add(name, value);
    const auto refused = refuse_admin(door_, guard_, head);
    return refused ? refused->status : 0;
  }

  const Config config_;
  const HostGuard guard_{config_};
  AdminDoor door_;
  bool has_host_ = false;
};

TEST_F(AdminAccessTest, WhoMayOpenTheSocketMayDoEverything) {
  door_.kind = AdminDoor::Kind::local;
  door_.arrival = {};
  door_.arrival.unix_socket = true;
  has_host_ = true;
  EXPECT_EQ(status("GET", "/sessions"), 0);
  EXPECT_EQ(status("POST", "/drain", {{"Content-Type", "application/json"}}), 0);
}

TEST_F(AdminAccessTest, APostSaysThatItIsJsonSoThatNoFormCanSendIt) {
  door_.kind = AdminDoor::Kind::local;
  door_.arrival.unix_socket = true;
  EXPECT_EQ(status("POST", "/drain"), 415);
  EXPECT_EQ(status("POST", "/drain", {{"Content-Type", "text/plain"}}), 415);
  EXPECT_EQ(status("POST", "/drain", {{"Content-Type", "Application/JSON; charset=utf-8"}}), 0);
}

TEST_F(AdminAccessTest, OnTcpEverythingButProbesAndThePageNeedsTheToken) {
  door_.kind = AdminDoor::Kind::remote;
  EXPECT_EQ(status("GET", "/sessions"), 401);
  EXPECT_EQ(status("GET", "/sessions", {{"Authorization", "Bearer wrong!"}}), 401);
  EXPECT_EQ(status("GET", "/sessions", {{"Authorization", "Basic secret"}}), 401);
  EXPECT_EQ(status("GET", "/sessions", {{"Authorization", "bearer secret"}}), 0);
  EXPECT_EQ(status("GET", "/sessions?token=secret"), 401) << "nothing in a query";
  for (const char* open : {"/", "/livez", "/readyz", "/startupz"})
    EXPECT_EQ(status("GET", open), 0);
}

TEST_F(AdminAccessTest, ADoorWithoutATokenLetsNobodyIn) {
  door_.kind = AdminDoor::Kind::remote;
  door_.token.clear();
  EXPECT_EQ(status("GET", "/sessions", {{"Authorization", "Bearer "}}), 401);
}

TEST_F(AdminAccessTest, OnTcpTheHostMustNameThisMachine) {
  door_.kind = AdminDoor::Kind::remote;
  has_host_ = true;
  EXPECT_EQ(status("GET", "/livez", {{"Host", "evil.example"}}), 421);
  EXPECT_EQ(status("GET", "/livez", {{"Host", "localhost:7490"}}), 0);
}

TEST_F(AdminAccessTest, OnTcpNoWebPageOfAnotherOriginMayAsk) {
  door_.kind = AdminDoor::Kind::remote;
  const char* bearer = "Bearer secret";
  EXPECT_EQ(status("GET", "/sessions", {{"Authorization", bearer}, {"Origin", "http://e.example"}}),
            403);
  EXPECT_EQ(
      status("GET", "/sessions", {{"Authorization", bearer}, {"Sec-Fetch-Site", "cross-site"}}),
      403);
  EXPECT_EQ(
      status("GET", "/sessions", {{"Authorization", bearer}, {"Origin", "http://127.0.0.1:7490"}}),
      0);
}

TEST_F(AdminAccessTest, ThePortOfThePageOnlyReads) {
  door_.kind = AdminDoor::Kind::page;
  EXPECT_EQ(status("GET", "/sessions", {{"Authorization", "Bearer secret"}}), 0);
  EXPECT_EQ(status("POST", "/sessions/a/kill",
                   {{"Authorization", "Bearer secret"}, {"Content-Type", "application/json"}}),
            403);
  EXPECT_EQ(status("POST", "/token", {{"Content-Type", "application/json"}}), 0);
}

TEST_F(AdminAccessTest, ScrapersGetMetricsAndProbesOnly) {
  door_.kind = AdminDoor::Kind::scraper;
  EXPECT_EQ(status("GET", "/metrics"), 0);
  EXPECT_EQ(status("HEAD", "/readyz"), 0);
  EXPECT_EQ(status("GET", "/sessions"), 404);
  EXPECT_EQ(status("POST", "/metrics", {{"Content-Type", "application/json"}}), 404);
}

TEST_F(AdminAccessTest, OtherMethodsAreNotKnown) {
  door_.kind = AdminDoor::Kind::local;
  EXPECT_EQ(status("DELETE", "/sessions"), 405);
}

TEST(EqualSecretsTest, ComparesWholeTexts) {
  EXPECT_TRUE(equal_secrets("abc", "abc"));
  EXPECT_FALSE(equal_secrets("abc", "abd"));
  EXPECT_FALSE(equal_secrets("abc", "ab"));
  EXPECT_TRUE(equal_secrets("", ""));
}

}  // namespace
}  // namespace trunkd
