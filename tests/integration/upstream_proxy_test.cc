// Through a proxy: which way requests and tunnels take, what the proxy gets to see, and what
// becomes of its refusals.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include "config/config_yaml.h"
#include "integration/proxy_test.h"
#include "support/test_forward_proxy.h"

namespace trunkd {
namespace {

using Speaks = TestForwardProxy::Speaks;

// "user:pass" as Basic.
constexpr std::string_view kBasic = "Basic dXNlcjpwYXNz";

class UpstreamProxyWayTest : public ProxyTest {
 protected:
  UpstreamProxyWayTest() {
    char pattern[] = "/tmp/trunkd-proxy-XXXXXX";
    directory_ = mkdtemp(pattern);
  }
  ~UpstreamProxyWayTest() override { (void)std::system(("rm -rf " + directory_).c_str()); }

  // At once, as a reader sees it.
  std::string file(const std::string& name, const std::string& content) {
    const std::string path = directory_ + '/' + name;
    std::ofstream(path + ".new") << content;
    std::rename((path + ".new").c_str(), path.c_str());
    return path;
  }
  // An origin that only the proxy knows the address of.
  std::string far_url(const TestOrigin& origin) const {
    return std::string(origin.origin().scheme_name()) + "://" + far_authority(origin);
  }
  static std::string far_authority(const TestOrigin& origin) {
    return "api.test:" + std::to_string(origin.port());
  }
  TestOrigin& secure_origin(const std::string& name) {
    const auto pem = make_self_signed({name}, {});
    TlsServerSettings settings;
    settings.certificate = pem->certificate;
    settings.key = pem->key;
    ca_ = "\ntls: {ca_file: " + file("ca.pem", pem->certificate) + '}';
    secure_ = std::make_unique<TestOrigin>(loop_, settings);
    return *secure_;
  }
  void start_to(const TestOrigin& origin, const std::string& proxy, const std::string& more = {}) {
    start_with(session_yaml("shop", far_url(origin), "upstream_proxy: " + proxy + ca_ + more));
  }
  void start_many(const std::string& more) {
    start_with("listen: off\nsessions:\n  shop:\n    listen: 0\n    " + more + "\n");
  }
  static void expect_problem(const TestCall& call, int status, const std::string& error,
                             const std::string& detail) {
    EXPECT_EQ(call.status(), status);
    EXPECT_NE(call.field("Proxy-Status").find("error=" + error), std::string::npos)
        << call.field("Proxy-Status");
    EXPECT_NE(call.body().find(detail), std::string::npos) << call.body();
  }
  std::string http_proxy(const std::string& login = {}) const {
    return "http://" + login + forward_.address();
  }
  std::string socks_proxy(const std::string& login = {}) const {
    return "socks5h://" + login + socks_.address();
  }

  TestForwardProxy forward_{loop_};
  TestForwardProxy socks_{loop_, Speaks::socks};
  std::string directory_;
  std::string ca_;
  std::unique_ptr<TestOrigin> secure_;
};

// ---- an HTTP proxy ----

TEST_F(UpstreamProxyWayTest, HttpsIsATunnelThatIsReusedAndWhoseOriginKnowsNothingOfTheLogin) {
  TestOrigin& origin = secure_origin("api.test");
  start_to(origin, http_proxy("user:pass@"));
  EXPECT_EQ(get("/a").status(), 200);
  EXPECT_EQ(get("/b").status(), 200);
  EXPECT_EQ(origin.accepted(), 1U);
  EXPECT_EQ(origin.requests(), 2U);
  const std::string target = far_authority(origin);
  EXPECT_EQ(forward_.asked(), std::vector<std::string>{
                                  "CONNECT " + target + " HTTP/1.1\r\nHost: " + target +
                                  "\r\nProxy-Authorization: " + std::string(kBasic) + "\r\n\r\n"});
  EXPECT_EQ(origin.connection(0).raw().find("Proxy-"), std::string::npos);
  EXPECT_EQ(origin.connection(0).requests()[0].head.target, "/a");
}

TEST_F(UpstreamProxyWayTest, TheCertificateMustBeTheOriginsAsItMustDirectly) {
  start_to(secure_origin("other.test"), http_proxy());
  expect_problem(get("/"), 502, "tls_certificate_error", "through the proxy " + forward_.address());
}

TEST_F(UpstreamProxyWayTest, HttpGoesInAbsoluteFormOnAConnectionThatIsReused) {
  start_to(origin_, http_proxy("user:pass@"), "\nparams: {key: v}");
  EXPECT_EQ(get("/a?b=c").status(), 200);
  EXPECT_EQ(seen().head.target, far_url(origin_) + "/a?b=c&key=v");
  EXPECT_EQ(seen_field("Host"), far_authority(origin_));
  EXPECT_EQ(seen_field("Proxy-Authorization"), kBasic);  // TestForwardProxy hands on what it gets
  auto post =
      finished(client().request("POST", "/p", "Proxy-Authorization: Basic bWluZQ==\r\n", "x"));
  EXPECT_EQ(post.status(), 200);
  EXPECT_EQ(seen().head.headers.count("Proxy-Authorization"), 1U);
  EXPECT_EQ(seen_field("Proxy-Authorization"), kBasic);
  EXPECT_EQ(seen().body, "x");
  EXPECT_EQ(forward_.accepted(), 1U);
  EXPECT_EQ(origin_.accepted(), 1U);
}

TEST_F(UpstreamProxyWayTest, A407ToAPlainRequestIsOurOwn502) {
  start_to(origin_, http_proxy(), "\nretry: {on: [connect, 407]}");
  forward_.answer(
      "HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=\"corp\"\r\n"
      "Content-Length: 5\r\n\r\nlogin");
  const TestCall call = get("/");
  expect_problem(call, 502, "proxy_configuration_error",
                 "the proxy " + forward_.address() + " answered the request to " +
                     far_authority(origin_) + " with 407");
  EXPECT_NE(call.body().find("\"setting\":\"upstream_proxy\""), std::string::npos) << call.body();
  EXPECT_EQ(call.field("Proxy-Authenticate"), "");
  EXPECT_EQ(forward_.asked().size(), 1U);
  expect_pool_whole();
  EXPECT_EQ(pool().total(), 0U);
}

TEST_F(UpstreamProxyWayTest, WhatElseTheProxySaysToAPlainRequestIsAnAnswer) {
  start_to(origin_, http_proxy());
  forward_.answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
  EXPECT_EQ(get("/").status(), 403);
}

TEST_F(UpstreamProxyWayTest, ARefusedTunnelNamesTheProxyAndIsNotTriedAgain) {
  TestOrigin& origin = secure_origin("api.test");
  start_to(origin, http_proxy());
  forward_.answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  expect_problem(get("/"), 502, "destination_unavailable",
                 "the proxy " + forward_.address() + " answered CONNECT " + far_authority(origin) +
                     " with 403 Forbidden");
  EXPECT_EQ(forward_.asked().size(), 1U);
}

TEST_F(UpstreamProxyWayTest, A407ToAConnectTellsTheSetting) {
  start_to(secure_origin("api.test"), http_proxy("user:wrong@"));
  forward_.answer("HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=\"corp\"\r\n\r\n");
  const TestCall call = get("/");
  expect_problem(call, 502, "proxy_configuration_error", "with 407 Proxy Authentication Required");
  EXPECT_NE(call.body().find("The user or the password in upstream_proxy"), std::string::npos);
  EXPECT_EQ(call.field("Proxy-Authenticate"), "");
  EXPECT_EQ(call.body().find("wrong"), std::string::npos);
}

TEST_F(UpstreamProxyWayTest, AProxyThatCouldNotIsAskedAgain) {
  start_to(secure_origin("api.test"), http_proxy(), "\nretry: {backoff: 1ms}");
  forward_.answer("HTTP/1.1 503 Busy\r\n\r\n");
  expect_problem(finished(client().request("POST", "/", {}, "x")), 502, "destination_unavailable",
                 "503 Busy");
  EXPECT_EQ(forward_.asked().size(), 2U);
}

TEST_F(UpstreamProxyWayTest, ItsSilenceEndsWithTheConnectTimeout) {
  TestOrigin& origin = secure_origin("api.test");
  start_to(origin, http_proxy(), "\ntimeouts: {connect: 50ms}");
  forward_.be_silent();
  expect_problem(get("/"), 504, "connection_timeout",
                 "the proxy " + forward_.address() + " had not opened the way to " +
                     far_authority(origin) + " after 50 ms");
  expect_pool_whole();
}

TEST_F(UpstreamProxyWayTest, BytesBehindItsAnswerThatNobodyAskedForBreakIt) {
  TestOrigin& origin = secure_origin("api.test");
  start_to(origin, http_proxy());
  forward_.answer("HTTP/1.1 200 OK\r\n\r\n<html>");
  expect_problem(get("/"), 502, "http_protocol_error", "sent bytes behind its answer");
  EXPECT_EQ(origin.accepted(), 0U);
}

TEST_F(UpstreamProxyWayTest, AProxyThatCannotBeReachedIsNamed) {
  const std::string dead = "127.0.0.1:" + std::to_string(refusing_port(loop_));
  start_to(origin_, "http://" + dead);
  const TestCall call = get("/");
  expect_problem(call, 502, "connection_refused", "the proxy " + dead + " cannot be reached");
  EXPECT_NE(call.body().find("\"setting\":\"upstream_proxy\""), std::string::npos) << call.body();
}

TEST_F(UpstreamProxyWayTest, ResolveIsForTheProxysName) {
  start_to(origin_, "http://proxy.test:" + std::to_string(forward_.port()),
           "\nresolve: {proxy.test: [127.0.0.1]}");
  EXPECT_EQ(get("/").status(), 200);
  EXPECT_EQ(forward_.accepted(), 1U);
}

// ---- SOCKS ----

TEST_F(UpstreamProxyWayTest, SocksCarriesPlainRequestsAsTheyAre) {
  start_to(origin_, socks_proxy());
  EXPECT_EQ(get("/a").status(), 200);
  EXPECT_EQ(get("/b").status(), 200);
  EXPECT_EQ(seen().head.target, "/b");
  EXPECT_EQ(socks_.asked(), std::vector<std::string>{far_authority(origin_)});
  EXPECT_EQ(origin_.accepted(), 1U);
}

TEST_F(UpstreamProxyWayTest, SocksWithALoginCarriesTls) {
  TestOrigin& origin = secure_origin("api.test");
  socks_.want_login("us:er");
  start_to(origin, socks_proxy("us:er@"));
  EXPECT_EQ(get("/").status(), 200);
  EXPECT_EQ(origin.connection(0).requests()[0].head.target, "/");
}

TEST_F(UpstreamProxyWayTest, SocksWithoutItsLoginTellsTheSetting) {
  socks_.want_login("user:pass");
  start_to(origin_, socks_proxy());
  expect_problem(get("/"), 502, "proxy_configuration_error", "does not let in who has no login");
  start_to(origin_, socks_proxy("user:other@"));
  expect_problem(get("/"), 502, "proxy_configuration_error",
                 "it refused the user name and the password");
  EXPECT_EQ(origin_.accepted(), 0U);
}

TEST_F(UpstreamProxyWayTest, SocksFailuresAreToldInWords) {
  socks_.fail_with(2);
  start_to(origin_, socks_proxy());
  expect_problem(get("/"), 502, "destination_unavailable",
                 "the proxy " + socks_.address() + " did not open the way to " +
                     far_authority(origin_) + ": its rules do not allow it");
}

// ---- tunnels ----

class TunnelThroughProxyTest : public UpstreamProxyWayTest {
 protected:
  // Through both: the client's CONNECT is answered when the proxy has opened the way.
  void expect_talk(const std::string& proxy) {
    start_to(origin_, proxy, "\nconnect: tunnel");
    origin_.script([](TestOrigin::Connection&, const TestRequest&) {});
    TestClient& one = client();
    one.send("CONNECT " + far_authority(origin_) + " HTTP/1.1\r\nHost: " + far_authority(origin_) +
             "\r\n\r\nping");
    run_until([&] { return origin_.connections() == 1 && origin_.connection(0).raw() == "ping"; });
    origin_.connection(0).send("pong");
    run_until([&] { return one.raw().ends_with("\r\n\r\n" + early_ + "pong"); }, "the pong");
    EXPECT_TRUE(one.raw().starts_with("HTTP/1.1 200 ")) << one.raw();
    EXPECT_EQ(pool().leased, 1U);
    one.close();
    expect_pool_whole();
  }
  std::string early_;
};

TEST_F(TunnelThroughProxyTest, OfHttp) {
  expect_talk(http_proxy("user:pass@"));
  EXPECT_NE(forward_.asked()[0].find(kBasic), std::string::npos);
}

TEST_F(TunnelThroughProxyTest, OfSocks) {
  expect_talk(socks_proxy());
  EXPECT_EQ(socks_.asked(), std::vector<std::string>{far_authority(origin_)});
}

TEST_F(TunnelThroughProxyTest, WhatTheOriginSaidAtOnceIsItsFirst) {
  early_ = "SSH-2.0-early\r\n";
  forward_.open_tunnels_with("HTTP/1.1 200 OK\r\n\r\n" + early_);
  expect_talk(http_proxy());
}

TEST_F(TunnelThroughProxyTest, ARefusalIsAnAnswerToTheClient) {
  start_to(origin_, http_proxy(), "\nconnect: tunnel");
  forward_.answer("HTTP/1.1 403 Forbidden\r\n\r\n");
  const std::string connect = "CONNECT " + far_authority(origin_) +
                              " HTTP/1.1\r\nHost: " + far_authority(origin_) + "\r\n\r\n";
  expect_problem(finished(client().send_request(connect)), 502, "destination_unavailable",
                 "403 Forbidden");
}

// ---- past the proxy, and what is judged ----

TEST_F(UpstreamProxyWayTest, WhatNoProxyNamesIsConnectedToDirectlyAndSeesNoLogin) {
  for (const char* no_proxy : {"api.test", "\"*.test\"", "[api.test, other.test]"}) {
    const std::string list = *no_proxy == '[' ? no_proxy : '[' + std::string(no_proxy) + ']';
    start_to(origin_, http_proxy("user:pass@"),
             "\nresolve: {api.test: [127.0.0.1]}\nno_proxy: " + list);
    EXPECT_EQ(get("/").status(), 200);
    EXPECT_EQ(seen().head.target, "/");
    EXPECT_EQ(seen_field("Proxy-Authorization"), "");
  }
  start_with(session_yaml("shop", origin_.url(),
                          "upstream_proxy: " + http_proxy() + "\nno_proxy: [127.0.0.0/8]"));
  EXPECT_EQ(get("/").status(), 200);
  EXPECT_EQ(forward_.accepted(), 0U);
}

TEST_F(UpstreamProxyWayTest, ARedirectThatLeadsPastTheProxyTakesNoLoginAlong) {
  TestOrigin other(loop_);
  start_many("allow_hosts: [\"" + far_authority(origin_) + "\", \"" + other.origin().authority() +
             "\"]\n    upstream_proxy: " + http_proxy("user:pass@") +
             "\n    no_proxy: [127.0.0.1]\n    redirects: {follow: 1}");
  origin_.script(script::answer(302, "", "Location: " + other.url() + "/there\r\n"));
  EXPECT_EQ(get(far_url(origin_) + '/').status(), 200);
  EXPECT_EQ(seen_field("Proxy-Authorization"), kBasic);
  ASSERT_EQ(other.requests(), 1U);
  EXPECT_EQ(other.connection(0).raw().find("Proxy-"), std::string::npos);
  EXPECT_EQ(other.connection(0).requests()[0].head.target, "/there");
  EXPECT_EQ(forward_.accepted(), 1U);
}

TEST_F(UpstreamProxyWayTest, APrivateAddressInTheUrlIsRefusedBeforeTheProxyHearsOfIt) {
  start_many("allow_hosts: [\"*\", \"*:" + std::to_string(origin_.port()) +
             "\"]\n    upstream_proxy: " + http_proxy());
  for (const char* host : {"10.0.0.1", "169.254.169.254", "[::1]", "localhost"}) {
    expect_problem(get("http://" + std::string(host) + '/', "Host: x\r\n"), 403,
                   "destination_ip_prohibited", "allow_private");
  }
  EXPECT_EQ(forward_.accepted(), 0U);
  // A name is the proxy's business, wherever it leads.
  EXPECT_EQ(get(far_url(origin_) + '/').status(), 200);
  EXPECT_EQ(forward_.accepted(), 1U);
}

TEST_F(UpstreamProxyWayTest, OneOfOurOwnListenersAsProxyIsALoop) {
  const std::string port = std::to_string(refusing_port(loop_));
  start_with("listen: off\nsessions:\n  shop:\n    listen: " + port +
             "\n    base_url: http://api.test\n    upstream_proxy: http://127.0.0.1:" + port +
             '\n');
  const TestCall call = get("/");
  expect_problem(call, 502, "proxy_loop_detected", "a listener of trunkd itself");
  EXPECT_NE(call.body().find("\"setting\":\"upstream_proxy\""), std::string::npos) << call.body();
}

// ---- the password ----

TEST_F(UpstreamProxyWayTest, APasswordInAFileIsFollowed) {
  const std::string path = file("password", "pass\n");
  const std::string proxy = "{url: \"" + http_proxy() + "\", user: user, password: \"file:" + path;
  start_to(origin_, proxy + "\"}");
  EXPECT_EQ(get("/").status(), 200);
  EXPECT_EQ(seen_field("Proxy-Authorization"), kBasic);
  file("password", "changed\n");
  run_until([&] {
    get("/");
    return seen_field("Proxy-Authorization") == "Basic dXNlcjpjaGFuZ2Vk";
  });
}

TEST_F(UpstreamProxyWayTest, WithoutItsFileNothingIsSaidToTheProxy) {
  const std::string proxy =
      "{url: \"" + http_proxy() + "\", user: user, password: \"file:" + directory_ + "/nothing\"}";
  for (TestOrigin* origin : {&secure_origin("api.test"), &origin_}) {
    start_to(*origin, proxy);
    const TestCall call = get("/");
    expect_problem(call, 502, "proxy_internal_error", "/nothing cannot be used");
    EXPECT_NE(call.body().find("\"setting\":\"upstream_proxy\""), std::string::npos);
  }
  EXPECT_TRUE(forward_.asked().empty());
  EXPECT_EQ(origin_.requests(), 0U);
}

TEST_F(UpstreamProxyWayTest, ThePasswordIsNeitherLoggedNorAnsweredNorPrinted) {
  testing::internal::CaptureStderr();
  forward_.answer("HTTP/1.1 407 Login\r\n\r\n");
  const std::string text =
      session_yaml("shop", far_url(origin_), "upstream_proxy: " + http_proxy("user:canary@"));
  const auto config = std::make_shared<const Config>(test_config(text));
  proxy_ = std::make_unique<TestProxy>(loop_, config, LogLevel::debug);
  const TestCall call = get("/");
  EXPECT_EQ(call.status(), 502);
  const std::string access_log = proxy_->access_log(), answer = clients_[0]->raw();
  proxy_.reset();
  EXPECT_NE(forward_.asked()[0].find("dXNlcjpjYW5hcnk="), std::string::npos);  // it was used
  for (const std::string& shown :
       {access_log, answer, testing::internal::GetCapturedStderr(), to_yaml(*config)}) {
    EXPECT_EQ(shown.find("canary"), std::string::npos) << shown;
    EXPECT_EQ(shown.find("dXNlcjpjYW5hcnk="), std::string::npos) << shown;
  }
}

}  // namespace
}  // namespace trunkd
