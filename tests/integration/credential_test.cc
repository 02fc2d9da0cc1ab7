// Credentials from their file to the origin, and nowhere else.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <unistd.h>

#include "base/base64.h"
#include "integration/proxy_test.h"

namespace trunkd {
namespace {

using Kind = AuthConfig::Kind;

class CredentialTest : public ProxyTest {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/trunkd-credential-XXXXXX";
    directory_ = mkdtemp(pattern);
    path_ = directory_ + "/secret";
  }
  void TearDown() override {
    proxy_.reset();
    (void)std::system(("rm -rf " + directory_).c_str());
  }

  // At once, as a reader sees it.
  void write_secret(std::string_view value) {
    std::ofstream(path_ + ".new") << value << '\n';
    ASSERT_EQ(std::rename((path_ + ".new").c_str(), path_.c_str()), 0);
  }

  void start_with_auth(Kind kind, std::string name, SecretRef secret,
                       LogLevel level = LogLevel::error, const std::string& url = {}) {
    Config config = test_config(
        session_yaml("shop", url.empty() ? origin_.url() : url, "trace: true\nvia: true"));
    AuthConfig& auth = config.sessions[0].auth;
    auth.kind = kind;
    auth.name = std::move(name);
    auth.secret = std::move(secret);
    proxy_ = std::make_unique<TestProxy>(loop_, std::make_shared<const Config>(config), level);
  }
  SecretRef in_file() const { return {SecretRef::Kind::file, path_}; }

  std::string directory_;
  std::string path_;
};

TEST_F(CredentialTest, AChangedFileIsUsedWithoutAReload) {
  write_secret("first");
  start_with_auth(Kind::bearer, "", in_file());
  get("/");
  EXPECT_EQ(seen_field("Authorization"), "Bearer first");
  write_secret("second");
  run_until([&] {
    get("/");
    return seen_field("Authorization") == "Bearer second";
  });
}

TEST_F(CredentialTest, WithoutItsFileARequestIsA502AndReachesNobody) {
  start_with_auth(Kind::bearer, "", in_file());
  auto call = get("/", "Authorization: Basic bWluZQ==\r\n");
  EXPECT_EQ(call.status(), 502);
  EXPECT_NE(call.field("Proxy-Status").find("error=proxy_internal_error"), std::string::npos);
  EXPECT_NE(
      call.body().find("the secret file:" + path_ + " cannot be used: No such file or directory"),
      std::string::npos)
      << call.body();
  EXPECT_EQ(origin_.requests(), 0U);
  expect_pool_whole();

  write_secret("late");
  run_until([&] { return get("/").status() == 200; });
  EXPECT_EQ(seen_field("Authorization"), "Bearer late");
  EXPECT_EQ(origin_.accepted(), 1U);  // the connection was there already
}

TEST_F(CredentialTest, AnEnvironmentVariableIsReadAtTheStart) {
  setenv("TRUNKD_TEST_SECRET", "of the start", 1);
  start_with_auth(Kind::header, "X-Api-Key", {SecretRef::Kind::env, "TRUNKD_TEST_SECRET"});
  unsetenv("TRUNKD_TEST_SECRET");
  get("/", "x-api-key: mine\r\n");
  EXPECT_EQ(seen_field("X-Api-Key"), "of the start");
  EXPECT_EQ(seen().head.headers.count("X-Api-Key"), 1U);

  start_with_auth(Kind::header, "X-Api-Key", {SecretRef::Kind::env, "TRUNKD_TEST_SECRET"});
  auto call = get("/");
  EXPECT_EQ(call.status(), 502);
  EXPECT_NE(call.body().find("env:TRUNKD_TEST_SECRET cannot be used: the variable is not set"),
            std::string::npos);
}

TEST_F(CredentialTest, SystemdsCredentialsAreFilesInItsDirectory) {
  const SecretRef reference{SecretRef::Kind::credential, "secret"};
  write_secret("token");
  setenv("CREDENTIALS_DIRECTORY", directory_.c_str(), 1);
  start_with_auth(Kind::basic, "user", reference);
  get("/");
  EXPECT_EQ(seen_field("Authorization"), "Basic dXNlcjp0b2tlbg==");

  unsetenv("CREDENTIALS_DIRECTORY");
  start_with_auth(Kind::basic, "user", reference);
  auto call = get("/");
  EXPECT_EQ(call.status(), 502);
  EXPECT_NE(call.body().find("credential:secret cannot be used"), std::string::npos);
}

// ---- nobody else gets to see it ----

constexpr std::string_view kCanary = "canary-7Hq+/Zx";

struct Case {
  Kind kind;
  const char* name;
};

class CanaryTest : public CredentialTest, public testing::WithParamInterface<Case> {
 protected:
  // Everything that could give the secret away, in any of its spellings.
  static bool has_canary(std::string_view text) {
    std::string basic;
    append_base64(basic, "user:" + std::string(kCanary));
    for (const std::string_view spelling :
         {std::string_view("canary"), std::string_view(basic), std::string_view(basic).substr(8)}) {
      if (text.find(spelling) != text.npos) return true;
    }
    return false;
  }
  void start_session(const std::string& url = {}) {
    start_with_auth(GetParam().kind, GetParam().name, in_file(), LogLevel::debug, url);
  }
  void expect_nothing_at_clients() {
    for (const auto& one : clients_) EXPECT_FALSE(has_canary(one->raw())) << one->raw();
    EXPECT_FALSE(has_canary(proxy_->access_log())) << proxy_->access_log();
  }
};

TEST_P(CanaryTest, TheSecretGoesToTheOriginAndNowhereElse) {
  testing::internal::CaptureStderr();
  write_secret(kCanary);
  start_session();
  get("/a?b=c");
  EXPECT_TRUE(has_canary(origin_.connection(0).raw()));  // or else this test would prove nothing

  // An origin that sends the request's URL back in every field that may have one.
  origin_.script([](TestOrigin::Connection& connection, const TestRequest& request) {
    const std::string& target = request.head.target;
    connection.reply(302, "",
                     "Location: " + target + "\r\nContent-Location: http://else.test" + target +
                         "\r\nRefresh: 1; url=" + target + "\r\nLink: <" + target +
                         ">; rel=next\r\n");
  });
  EXPECT_EQ(get("/a?b=c").field("Location"), "/a?b=c");
  EXPECT_EQ(get("/?key=mine").status(), 302);
  finished(client().request("TRACE", "/"));
  EXPECT_FALSE(has_canary(seen().head.target));
  for (const Field field : seen().head.headers) EXPECT_FALSE(has_canary(field.value));
  finished(client().request("TRACE", "/", "Max-Forwards: 0\r\n"));

  // What goes wrong.
  origin_.script(script::send_and_end("garbage\r\n\r\n"));
  EXPECT_EQ(get("/").status(), 502);
  origin_.script(script::send_and_end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  EXPECT_TRUE(get("/").failed());
  expect_nothing_at_clients();
  write_secret(std::string(kCanary) + "\nsecond line");
  start_session();
  EXPECT_NE(get("/").body().find("more than one line"), std::string::npos);
  expect_nothing_at_clients();
  write_secret(kCanary);
  start_session("http://127.0.0.1:" + std::to_string(refusing_port(loop_)));
  EXPECT_EQ(get("/").status(), 502);
  expect_nothing_at_clients();
  proxy_.reset();
  const std::string diagnostics = testing::internal::GetCapturedStderr();
  EXPECT_FALSE(has_canary(diagnostics)) << diagnostics;
  EXPECT_NE(diagnostics.find("cannot be used: it has control bytes"), std::string::npos)
      << diagnostics;
}

INSTANTIATE_TEST_SUITE_P(EveryKind, CanaryTest,
                         testing::Values(Case{Kind::bearer, ""}, Case{Kind::basic, "user"},
                                         Case{Kind::header, "X-Trunk"}, Case{Kind::query, "key"}));

}  // namespace
}  // namespace trunkd
