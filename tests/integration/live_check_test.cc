// check --live against origins of every kind.

#include <fstream>
#include <stdexcept>

#include "daemon/commands/check_live.h"
#include "daemon/commands/live_try.h"
#include "daemon/version.h"
#include "support/test_loop.h"
#include "support/test_origin.h"
#include "support/test_proxy.h"

namespace trunkd {
namespace {

SelfSigned certificate_for(const std::vector<std::string>& names,
                           const CertificateOptions& options) {
  auto pem = make_self_signed(names, options);
  if (!pem) throw std::runtime_error(pem.error().detail);
  return *pem;
}

class LiveCheckTest : public LoopTest {
 protected:
  LiveCheckTest() {
    char pattern[] = "/tmp/trunkd-live-XXXXXX";
    directory_ = mkdtemp(pattern);
  }
  ~LiveCheckTest() override { (void)std::system(("rm -rf " + directory_).c_str()); }

  std::string file(const std::string& name, const std::string& content) {
    const std::string path = directory_ + '/' + name;
    std::ofstream(path) << content;
    return path;
  }

  // The whole of a configuration, and what was seen of each session.
  std::vector<LiveResult> try_all(const std::string& yaml) {
    const Config config = test_config(yaml);
    bool done = false;
    LiveCheck check(loop_, config, [&] { done = true; });
    run_until([&] { return done; }, "the end of the check");
    return check.results();
  }
  LiveResult try_one(const std::string& base_url, std::string_view more = {}) {
    return try_all(session_yaml("shop", base_url, more)).at(0);
  }

  std::string directory_;
  TestOrigin origin_{loop_};
};

std::string at(uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

TEST_F(LiveCheckTest, APlainOriginIsAskedOnceOverOneConnectionWithNothingOfTheSession) {
  const std::string token = file("token", "secret");
  const LiveResult result = try_one(origin_.url() + "/v1",
                                    "endpoint: /asks\nparams: {key: value}\n"
                                    "headers: {X-Mine: 1}\nset_headers: {X-Always: 1}\n"
                                    "auth: {bearer: \"file:" +
                                        token +
                                        "\"}\n"
                                        "cookies: memory\n");
  EXPECT_TRUE(result.answered());
  EXPECT_EQ(result.session, "shop");
  EXPECT_EQ(result.url, origin_.url() + "/v1/asks");
  EXPECT_EQ(result.address, at(origin_.port()));
  EXPECT_FALSE(result.tls);
  EXPECT_EQ(result.http_minor_version, 1);
  EXPECT_EQ(result.status, 200);
  EXPECT_TRUE(result.keep_alive);
  EXPECT_EQ(result.keep_alive_timeout, 0s);
  EXPECT_TRUE(result.has_auth);
  EXPECT_EQ(origin_.accepted(), 1U);
  EXPECT_EQ(origin_.connection(0).raw(), "HEAD /v1/asks HTTP/1.1\r\nHost: " + at(origin_.port()) +
                                             "\r\nUser-Agent: trunkd/" TRUNKD_VERSION
                                             " (check --live)\r\n\r\n");
}

TEST_F(LiveCheckTest, WithoutAPathTheRootIsAsked) {
  try_one(origin_.url());
  EXPECT_EQ(origin_.connection(0).requests().at(0).head.target, "/");
}

TEST_F(LiveCheckTest, ATrustedOriginShowsItsVersionAndTheEndOfItsCertificate) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    TlsServerSettings settings = test_certificate();
    settings.max_version = version;
    TestOrigin secure(loop_, settings);
    const LiveResult result =
        try_one(secure.url(), "tls: {ca_file: " + file("origin.pem", settings.certificate) + "}");
    ASSERT_TRUE(result.answered());
    ASSERT_TRUE(result.tls);
    EXPECT_EQ(result.tls->version, version);
    ASSERT_TRUE(result.tls->certificate_not_after);
    const auto left = *result.tls->certificate_not_after - loop_.wall_now();
    EXPECT_GT(left, 364 * 24h);
    EXPECT_LE(left, 365 * 24h);
    EXPECT_TRUE(result.verified);
    EXPECT_GT(result.times.tls, 0us);
  }
}

TEST_F(LiveCheckTest, AnUnknownAuthorityIsTheReasonThatAClientWouldGet) {
  TestOrigin secure(loop_, test_certificate());
  const LiveResult result = try_one(secure.url());
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->kind, ErrorKind::tls_certificate);
  EXPECT_NE(result.error->detail.find("was issued by an unknown authority"), std::string::npos);
  EXPECT_NE(result.error->hint.find("tls.ca_file"), std::string::npos);
  EXPECT_EQ(secure.requests(), 0U);
}

TEST_F(LiveCheckTest, WithoutVerificationAnExpiredCertificateIsSeenAndSaid) {
  const SelfSigned old =
      certificate_for({"127.0.0.1"}, {.validity = CertificateOptions::Validity::expired});
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    TlsServerSettings settings;
    settings.certificate = old.certificate;
    settings.key = old.key;
    settings.max_version = version;
    TestOrigin secure(loop_, settings);
    const LiveResult result = try_one(secure.url(), "tls: {verify: false}");
    EXPECT_TRUE(result.answered());
    EXPECT_FALSE(result.verified);
    ASSERT_TRUE(result.tls && result.tls->certificate_not_after);
    EXPECT_LT(*result.tls->certificate_not_after, loop_.wall_now());
  }
}

TEST_F(LiveCheckTest, ARefusedPortIsAFailure) {
  const uint16_t port = refusing_port(loop_);
  const LiveResult result = try_one("http://" + at(port));
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->kind, ErrorKind::connection_refused);
  EXPECT_NE(result.error->detail.find(at(port)), std::string::npos) << result.error->detail;
  EXPECT_EQ(result.address, "");
}

TEST_F(LiveCheckTest, AnOriginThatNeverAnswersFailsAfterTheSessionsTimeout) {
  origin_.script(script::stall());
  const LiveResult result = try_one(origin_.url(), "timeouts: {response: 100ms}");
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->kind, ErrorKind::response_timeout);
  EXPECT_EQ(result.address, at(origin_.port()));
}

TEST_F(LiveCheckTest, AnOriginThatHangsUpFails) {
  origin_.script(script::send_and_end(""));
  const LiveResult result = try_one(origin_.url());
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->kind, ErrorKind::connection_terminated);
}

TEST_F(LiveCheckTest, AnyStatusIsAnAnswer) {
  origin_.script(script::answer(503, "later"));
  const LiveResult result = try_one(origin_.url());
  EXPECT_TRUE(result.answered());
  EXPECT_EQ(result.status, 503);
}

TEST_F(LiveCheckTest, ConnectionsThatTheOriginClosesAreNotKept) {
  origin_.script(script::send(
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\nKeep-Alive: timeout=60\r\n"
      "\r\n"));
  const LiveResult closing = try_one(origin_.url());
  EXPECT_TRUE(closing.answered());
  EXPECT_FALSE(closing.keep_alive);
  EXPECT_EQ(closing.keep_alive_timeout, 0s);

  origin_.script(script::send("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n"));
  const LiveResult old = try_one(origin_.url());
  EXPECT_EQ(old.http_minor_version, 0);
  EXPECT_FALSE(old.keep_alive);
}

TEST_F(LiveCheckTest, TheTimeForWhichTheOriginKeepsConnectionsIsSeen) {
  origin_.script(script::answer(200, "hello", "Keep-Alive: timeout=60, max=100\r\n"));
  const LiveResult result = try_one(origin_.url());
  EXPECT_TRUE(result.keep_alive);
  EXPECT_EQ(result.keep_alive_timeout, 60s);
}

TEST_F(LiveCheckTest, AnInterimAnswerIsNotTheAnswer) {
  origin_.script(script::send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"));
  EXPECT_EQ(try_one(origin_.url()).status, 204);
}

TEST_F(LiveCheckTest, TheFirstSingleHostOfAllowHostsIsTriedByHttps) {
  const TlsServerSettings settings = test_certificate();
  TestOrigin secure(loop_, settings);
  const auto results = try_all(
      "listen: off\nsessions:\n  crawler:\n    listen: 0\n    allow_hosts: [\"*.example.com\", \"" +
      at(secure.port()) +
      "\", other.example]\n    tls: {ca_file: " + file("origin.pem", settings.certificate) + "}\n");
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].answered());
  EXPECT_EQ(results[0].url, secure.url());
  EXPECT_EQ(secure.connection(0).requests().at(0).head.target, "/");
}

TEST_F(LiveCheckTest, APlainHostOfAllowHostsIsToldThatHttpsWasTried) {
  const std::string yaml =
      "listen: off\nsessions:\n  crawler:\n    listen: 0\n    allow_hosts: [\"" +
      at(origin_.port()) + "\"]\n    timeouts: {connect: 200ms}\n";
  const LiveResult silent = try_all(yaml).at(0);
  ASSERT_TRUE(silent.error);
  EXPECT_EQ(silent.error->kind, ErrorKind::connect_timeout);
  EXPECT_NE(silent.error->hint.find("https was tried"), std::string::npos);

  origin_.on_connection([](TestOrigin::Connection& connection) {
    connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    connection.end();
  });
  const LiveResult answering = try_all(yaml).at(0);
  ASSERT_TRUE(answering.error);
  EXPECT_EQ(answering.error->kind, ErrorKind::tls_protocol);
  EXPECT_NE(answering.error->hint.find("https was tried"), std::string::npos);
}

TEST_F(LiveCheckTest, WhatIsTriedOfAllowHostsFollowsFromPortAndWildcard) {
  const auto url = [](const std::string& hosts) {
    const Config config = test_config(
        "listen: off\nsessions:\n  crawler:\n    listen: 0\n    allow_hosts: [" + hosts + "]\n");
    const auto target = live_target(config.sessions[0]);
    return target ? target->url() : "nothing";
  };
  EXPECT_EQ(url("example.org"), "https://example.org");
  EXPECT_EQ(url("\"example.org:80\""), "http://example.org");
  EXPECT_EQ(url("\"example.org:443\""), "https://example.org");
  EXPECT_EQ(url("\"example.org:8443\""), "https://example.org:8443");
  EXPECT_EQ(url("\"*.example.org\", \"[2001:db8::1]:80\""), "http://[2001:db8::1]");
  EXPECT_EQ(url("\"*.example.org\""), "nothing");
  EXPECT_EQ(url("\"*\""), "nothing");
}

TEST_F(LiveCheckTest, WildcardsAloneAreNotTriedAndNoFailure) {
  const auto results = try_all(
      "listen: off\nsessions:\n  crawler:\n    listen: 0\n    allow_hosts: [\"*.example.com\"]\n");
  ASSERT_EQ(results.size(), 1U);
  EXPECT_FALSE(results[0].tried());
  EXPECT_FALSE(results[0].error);
}

TEST_F(LiveCheckTest, ASessionOverAnothersPoolIsTriedToo) {
  const TlsServerSettings settings = test_certificate();
  TestOrigin secure(loop_, settings);
  const std::string tls =
      "\n    tls: {ca_file: " + file("origin.pem", settings.certificate) + "}\n";
  const auto results = try_all("listen: off\nsessions:\n  jobs:\n    listen: 0\n    pool: shop\n" +
                               ("    base_url: " + secure.url() + "/jobs" + tls) +
                               "  shop:\n    listen: 0\n    base_url: " + secure.url() + tls);
  ASSERT_EQ(results.size(), 2U);
  for (const LiveResult& result : results) {
    EXPECT_TRUE(result.answered()) << (result.error ? result.error->detail : "");
    EXPECT_TRUE(result.tls && result.tls->certificate_not_after) << result.session;
  }
  EXPECT_EQ(results[0].url, secure.url() + "/jobs");
  EXPECT_EQ(secure.handshakes().full, 2U);  // none resumes the other's: the certificate is seen
}

TEST_F(LiveCheckTest, AtMostEightAreTriedAtOnceAndResultsAreInTheOrderOfTheFile) {
  constexpr size_t kSessions = 20;
  std::string yaml = "listen: off\nsessions:\n";
  for (size_t i = 0; i < kSessions; ++i) {
    yaml += "  s" + std::to_string(i) + ":\n    listen: 0\n    base_url: " + origin_.url() + "/" +
            std::to_string(i) + "\n";
  }
  // Nobody is answered before eight are here; then the last that came is the first to hear.
  std::vector<TestOrigin::Connection*> asking;
  origin_.script([&](TestOrigin::Connection& connection, const TestRequest&) {
    asking.push_back(&connection);
    const size_t left = kSessions - origin_.requests();
    if (asking.size() < LiveCheck::kAtOnce && left > 0) return;
    for (; !asking.empty(); asking.pop_back()) asking.back()->reply(200);
  });
  const auto results = try_all(yaml);
  ASSERT_EQ(results.size(), kSessions);
  for (size_t i = 0; i < kSessions; ++i) {
    EXPECT_TRUE(results[i].answered());
    EXPECT_EQ(results[i].session, "s" + std::to_string(i));
  }
  EXPECT_EQ(origin_.accepted(), kSessions);
  EXPECT_EQ(origin_.max_open(), LiveCheck::kAtOnce);
}

TEST_F(LiveCheckTest, ABaseUrlThatNamesAListenerOfTrunkdIsALoop) {
  const auto results = try_all("listen: " + std::to_string(origin_.port()) +
                               "\nsessions:\n  shop:\n    base_url: " + origin_.url() + "\n");
  ASSERT_TRUE(results.at(0).error);
  EXPECT_EQ(results[0].error->kind, ErrorKind::proxy_loop);
  EXPECT_EQ(origin_.accepted(), 0U);
}

}  // namespace
}  // namespace trunkd
