// Names and addresses: which of them a connection goes to, and which ones it must not.

#include <algorithm>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event/socket_address.h"
#include "integration/proxy_test.h"

namespace trunkd {
namespace {

// A socket that listens and lets nobody in: its queue is full, so the kernel drops what else
// knocks. To a client that is a black hole.
class BlackHole {
 public:
  BlackHole(const std::string& host, uint16_t port) : address_(*SocketAddress::parse(host, port)) {
    listening_ = socket(AF_INET, SOCK_STREAM, 0);
    const int yes = 1;
    setsockopt(listening_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listening_, address_.get(), address_.size()) != 0 || listen(listening_, 0) != 0) {
      throw std::runtime_error("no black hole at " + address_.text());
    }
    for (int& knocking : knocking_) {
      knocking = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      (void)connect(knocking, address_.get(), address_.size());
    }
  }
  ~BlackHole() {
    close(listening_);
    for (const int knocking : knocking_) close(knocking);
  }
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;

 private:
  const SocketAddress address_;
  int listening_ = -1;
  int knocking_[4]{};
};

class AddressTest : public ProxyTest {
 protected:
  // A session for many hosts; `more` begins with its allow_hosts.
  void start_many(const std::string& more) {
    start_with("listen: off\nsessions:\n  shop:\n    listen: 0\n    " + more + "\n");
  }
  std::string port() const { return std::to_string(origin_.port()); }
  std::string base_url(const std::string& host) const { return "http://" + host + ":" + port(); }
  void start_one(const std::string& host, const std::string& more) {
    proxy_ = std::make_unique<TestProxy>(loop_, session_yaml("shop", base_url(host), more));
  }
  static double duration(const TestCall& call, const std::string& name) {
    const std::string timing = call.field("Server-Timing");
    const size_t at = timing.find(name + ";dur=");
    return at == timing.npos ? -1 : std::stod(timing.substr(at + name.size() + 5));
  }
};

TEST_F(AddressTest, ResolveSendsAHostWhereTheConfigurationSays) {
  start_one("api.example", "resolve: {API.Example.: [127.0.0.1]}");
  EXPECT_EQ(get("/").status(), 200);
  EXPECT_EQ(seen_field("Host"), "api.example:" + port());
}

TEST_F(AddressTest, AnAddressThatRefusesCostsNothing) {
  start_one("api.example", "resolve: {api.example: [127.0.0.9, 127.0.0.1]}");
  const TestCall call = get("/");
  EXPECT_EQ(call.status(), 200);
  EXPECT_LT(duration(call, "connect"), 200);
}

TEST_F(AddressTest, ABlackHoledFirstAddressCostsAQuarterOfASecondOnce) {
  const BlackHole hole("127.0.0.9", origin_.port());
  start_one("api.example",
            "resolve: {api.example: [127.0.0.9, 127.0.0.1]}\nkeepalive: {max_requests: 1}");
  std::vector<double> times;
  for (int i = 0; i < 7; ++i) {
    const TestCall call = get("/");
    ASSERT_EQ(call.status(), 200) << call.body();
    times.push_back(duration(call, "connect"));
  }
  EXPECT_EQ(origin_.accepted(), 7U);
  EXPECT_GE(times.front(), 245);
  std::sort(times.begin(), times.end());
  EXPECT_LT(times[times.size() / 2], 300);
}

TEST_F(AddressTest, WhenNoAddressAnswersTheTimeOutNamesThem) {
  const BlackHole a("127.0.0.9", origin_.port()), b("127.0.0.8", origin_.port());
  start_one("api.example",
            "resolve: {api.example: [127.0.0.9, 127.0.0.8]}\ntimeouts: {connect: 400ms}");
  const TestCall call = get("/");
  EXPECT_EQ(call.status(), 504);
  EXPECT_NE(call.body().find("connecting to 127.0.0.9:" + port() + ", 127.0.0.8:" + port() +
                             " took longer than 400 ms"),
            std::string::npos)
      << call.body();
  expect_pool_whole();
}

TEST_F(AddressTest, AnyHostMeansAnyPublicHost) {
  start_many("allow_hosts: [\"*\", \"*:" + port() + "\"]");
  for (const char* host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"}) {
    const TestCall call = get(base_url(host) + "/");
    EXPECT_EQ(call.status(), 403) << host;
    EXPECT_NE(call.field("Proxy-Status").find("error=destination_ip_prohibited"), std::string::npos)
        << call.field("Proxy-Status");
    EXPECT_NE(call.body().find("\"setting\":\"allow_private\""), std::string::npos) << call.body();
  }
  EXPECT_EQ(get("http://169.254.169.254/latest/meta-data/").status(), 403);
  EXPECT_EQ(origin_.accepted(), 0U);
  expect_pool_whole();
}

TEST_F(AddressTest, WhatAllowPrivateNamesIsReached) {
  start_many("allow_hosts: [\"*:" + port() + "\"]\n    allow_private: [localhost, 127.0.0.0/24]");
  EXPECT_EQ(get(base_url("127.0.0.1") + "/").status(), 200);
  EXPECT_EQ(get(base_url("localhost") + "/").status(), 200);
  EXPECT_EQ(get(base_url("127.0.1.1") + "/").status(), 403);
}

TEST_F(AddressTest, AllowPrivateTrueReachesEverything) {
  start_many("allow_hosts: [\"*:" + port() + "\"]\n    allow_private: true");
  EXPECT_EQ(get(base_url("127.0.0.1") + "/").status(), 200);
}

TEST_F(AddressTest, AnAddressWrittenOutInAllowHostsIsNamed) {
  start_many("allow_hosts: [\"*\", \"127.0.0.1:" + port() + "\", \"localhost:" + port() + "\"]");
  EXPECT_EQ(get(base_url("127.0.0.1") + "/").status(), 200);
  EXPECT_EQ(get(base_url("localhost") + "/").status(), 200);
}

// Somebody else's name that leads inside.
TEST_F(AddressTest, ANameThatLeadsToAPrivateAddressIsRefusedAndOneOfResolveIsNot) {
  start_many("allow_hosts: [\"*.localhost:" + port() + "\", \"inside.example:" + port() +
             "\"]\n    resolve: {inside.example: [127.0.0.1]}");
  const TestCall call = get(base_url("evil.localhost") + "/");
  EXPECT_EQ(call.status(), 403);
  EXPECT_NE(call.body().find("allow_private: [evil.localhost]"), std::string::npos) << call.body();
  EXPECT_EQ(get(base_url("inside.example") + "/").status(), 200);
}

TEST_F(AddressTest, ASessionThatSharesAPoolOpensNoWayInside) {
  start_with(
      "listen: off\nsessions:\n  inside:\n    listen: 0\n    base_url: " + base_url("127.0.0.1") +
      "\n    connections: 3\n  shop:\n    listen: 0\n    pool: inside\n    allow_hosts: [\"*:" +
      port() + "\"]\n");
  TestClient& inside = client_at(proxy_->port("inside"));
  EXPECT_EQ(finished(inside.get("/")).status(), 200);
  EXPECT_EQ(get(base_url("127.0.0.2") + "/").status(), 403);
  EXPECT_EQ(get(base_url("localhost") + "/").status(), 403);
}

TEST_F(AddressTest, ALoopIsSeenBeforeAConnectionIsMadeHoweverItIsWritten) {
  const std::string own = std::to_string(refusing_port(loop_));
  start_with("listen: off\nsessions:\n  shop:\n    listen: " + own + "\n    allow_hosts: [\"*:" +
             own + "\"]\n    allow_private: true\n    resolve: {shop.example: [127.0.0.1]}\n");
  for (const char* host : {"shop.example", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]"}) {
    const TestCall call = get("http://" + std::string(host) + ':' + own + "/");
    EXPECT_EQ(call.status(), 502) << host;
    EXPECT_NE(call.field("Proxy-Status").find("proxy_loop_detected"), std::string::npos) << host;
  }
  EXPECT_EQ(proxy_->server().clients(), 4U);  // the test's own
}

}  // namespace
}  // namespace trunkd
