#include "config/config_yaml.h"

#include <gtest/gtest.h>

#include "config/config_loader.h"

namespace trunkd {
namespace {

TEST(ConfigYamlTest, ValuesThatYamlWouldMistakeAreQuoted) {
  Config config;
  config.listen.emplace();
  config.log.access = "/var/log/$x: #1.log";
  config.admin.group = "on";
  SessionConfig session;
  session.name = "123";
  session.origin = {Scheme::https, "::1", 8443};
  session.base_path = "/a:b/$c";
  config.sessions.push_back(session);

  const std::string text = to_yaml(config);

  EXPECT_NE(text.find("access: \"/var/log/$$x: #1.log\"\n"), std::string::npos) << text;
  EXPECT_NE(text.find("group: \"on\"\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\"123\":\n"), std::string::npos) << text;
  EXPECT_NE(text.find("base_url: \"https://[::1]:8443/a:b/$$c\"\n"), std::string::npos) << text;
  const LoadedConfig loaded = load_config_text(text, "t.yaml");
  for (const ConfigMistake& mistake : loaded.mistakes) ADD_FAILURE() << mistake.text();
}

TEST(ConfigYamlTest, TheSharedPortOffIsPrintedSo) {
  SessionConfig session;
  session.name = "a";
  session.origin.host = "a.example";
  session.listen.emplace_back().port = 8101;
  Config config;
  config.sessions.push_back(session);
  EXPECT_EQ(to_yaml(config).substr(0, 12), "listen: off\n");
}

Config with(const SessionConfig& session) {
  Config config;
  config.listen.emplace().port = 7480;
  config.sessions.push_back(session);
  return config;
}

// As another test's file of a session for one host.
SessionConfig plain_session() {
  SessionConfig session;
  session.name = "a";
  session.origin = {Scheme::https, "a.example", 443};
  return session;
}

void expect_loads_again(const Config& config) {
  const std::string text = to_yaml(config);
  const LoadedConfig loaded = load_config_text(text, "t.yaml");
  for (const ConfigMistake& mistake : loaded.mistakes) ADD_FAILURE() << mistake.text();
  ASSERT_TRUE(loaded.config) << text;
  EXPECT_EQ(*loaded.config, config) << text;
}

TEST(ConfigYamlTest, NamesAndValuesOfTheUserKeepEveryByte) {
  SessionConfig session = plain_session();
  session.params = {{"a b", "c: d, {e} #f"},
                    {"x-${HOME}", "$HOME ${HOME}"},
                    {"<<", ""},
                    {"yes", "no"},
                    {"~", "0x1f"},
                    {"\"", "B\xc3\xbc"}};
  session.headers = {{"x-a", "null"}, {"X-B", "1.50"}};
  session.set_headers = {{"*", "*"}};
  session.remove_headers = {"On", "X-C"};
  expect_loads_again(with(session));
}

TEST(ConfigYamlTest, ASecretIsPrintedAsItsReference) {
  SessionConfig session = plain_session();
  session.auth.secret = {SecretRef::Kind::file, "/run/a $b: {c}"};
  session.auth.hosts = {{"b.example", true, 8443}};
  session.auth.kind = AuthConfig::Kind::bearer;
  expect_loads_again(with(session));
  EXPECT_NE(to_yaml(with(session)).find("bearer: \"file:/run/a $$b: {c}\"\n"), std::string::npos);

  session.auth.name = "off";
  for (const auto kind :
       {AuthConfig::Kind::basic, AuthConfig::Kind::header, AuthConfig::Kind::query}) {
    session.auth.kind = kind;
    expect_loads_again(with(session));
  }
}

TEST(ConfigYamlTest, AProxysPasswordIsMaskedAndTheMaskIsNoPassword) {
  SessionConfig session = plain_session();
  session.upstream_proxy.kind = UpstreamProxyConfig::Kind::socks5h;
  session.upstream_proxy.host = "2001:db8::1";
  session.upstream_proxy.port = 1080;
  session.upstream_proxy.user = "a@b";
  session.upstream_proxy.password = "hunter2";
  const std::string text = to_yaml(with(session));
  EXPECT_NE(text.find("upstream_proxy: \"socks5h://a%40b:********@[2001:db8::1]:1080\"\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("hunter2"), std::string::npos);
  const LoadedConfig loaded = load_config_text(text, "t.yaml");
  ASSERT_EQ(loaded.mistakes.size(), 1U);
  EXPECT_NE(loaded.mistakes[0].message.find("\"trunkd config\" shows"), std::string::npos);

  session.upstream_proxy.password.clear();
  session.upstream_proxy.secret = {SecretRef::Kind::file, "/run/p"};
  session.no_proxy = {"*.corp.example", "10.0.0.0/8"};
  expect_loads_again(with(session));
  EXPECT_NE(to_yaml(with(session)).find("    upstream_proxy:\n      url: "), std::string::npos);
}

TEST(ConfigYamlTest, TheLoginInAProxysUrlIsDecoded) {
  const LoadedConfig loaded = load_config_text(
      "sessions: {a: {base_url: \"http://a.example\", upstream_proxy: "
      "\"http://%C3%BC:p%40%3A%2F%25@Proxy.Example.:3128\"}}",
      "t.yaml");
  ASSERT_TRUE(loaded.config);
  const UpstreamProxyConfig& proxy = loaded.config->sessions[0].upstream_proxy;
  EXPECT_EQ(proxy.host, "proxy.example");
  EXPECT_EQ(proxy.user, "ü");
  EXPECT_EQ(proxy.password, "p@:/%");
}

TEST(ConfigYamlTest, NestedGroupsAndShortFormsArePrintedOnce) {
  SessionConfig session = plain_session();
  session.cookies.keep = CookiesConfig::Keep::persist;
  session.cookies.by_header = true;
  session.rate.min_interval = {{"POST", 1s}, {"GET", 0s}, {"", 100ms}};
  session.retry.statuses = {429, 503};
  session.retry.retry_after_max = {};
  session.follow_redirects = 5;
  session.timeouts.total = 90s;
  expect_loads_again(with(session));
  const std::string text = to_yaml(with(session));
  EXPECT_NE(text.find("    auth: off\n    cookies:\n      persist: true\n"), std::string::npos);
  EXPECT_NE(text.find("      min_interval: {POST: 1s, GET: off, \"*\": 100ms}\n"),
            std::string::npos);
  EXPECT_NE(text.find("      on: [connect, 429, 503]\n"), std::string::npos);
  EXPECT_NE(text.find("      retry_after:\n        max: off\n        headers: false\n"),
            std::string::npos);
  EXPECT_NE(text.find("    redirects:\n      follow: 5\n"), std::string::npos);
}

TEST(ConfigYamlTest, ASessionOverAnothersPoolSaysNothingOfThatPool) {
  Config config = with(plain_session());
  config.sessions[0].connections = config.sessions[0].connections_per_host = 9;
  config.sessions[0].keepalive.idle = 7s;
  SessionConfig borrower = config.sessions[0];
  borrower.name = "b";
  borrower.pool = "a";
  config.sessions.push_back(borrower);
  expect_loads_again(config);
}

}  // namespace
}  // namespace trunkd
