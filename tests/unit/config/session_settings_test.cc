// What a session carries: how its own settings and those of `defaults` come together, and that no
// message shows a secret.

#include <gtest/gtest.h>

#include "config/config_loader.h"
#include "config/request_syntax.h"
#include "http/fields.h"

namespace trunkd {
namespace {

std::optional<std::string> some_are_set(const std::string& name) {
  if (name == "TOKEN") return "hunter2";
  if (name == "TOKEN_FILE") return "file:/run/token";
  return std::nullopt;
}

// The session "s" of `text`.
SessionConfig load_session(std::string_view text) {
  const LoadedConfig loaded = load_config_text(text, "t.yaml", some_are_set);
  for (const ConfigMistake& mistake : loaded.mistakes) ADD_FAILURE() << mistake.text();
  if (loaded.config) {
    for (const SessionConfig& session : loaded.config->sessions) {
      if (session.name == "s") return session;
    }
  }
  return {};
}

SessionConfig with_defaults(const std::string& defaults, const std::string& own) {
  return load_session("defaults: {" + defaults + "}\nsessions: {s: {base_url: 'http://a.example'" +
                      (own.empty() ? "" : ", " + own) + "}}\n");
}

TEST(SessionSettingsTest, NamedValuesOfBothComeTogetherAndTheSessionsOwnWin) {
  const SessionConfig session = with_defaults("params: {a: 1, b: 2}, headers: {Accept: x, X-A: y}",
                                              "params: {c: 3, a: 4}, headers: {accept: z}");
  EXPECT_EQ(session.params, (std::vector<NameValue>{{"a", "4"}, {"b", "2"}, {"c", "3"}}));
  EXPECT_EQ(session.headers, (std::vector<NameValue>{{"accept", "z"}, {"X-A", "y"}}));
}

TEST(SessionSettingsTest, ParametersAreComparedWithTheirCase) {
  EXPECT_EQ(with_defaults("params: {a: 1}", "params: {A: 2}").params.size(), 2U);
}

TEST(SessionSettingsTest, OffDropsWhatIsInheritedAndAnEmptyMappingDoesNot) {
  EXPECT_TRUE(with_defaults("params: {a: 1}", "params: off").params.empty());
  EXPECT_EQ(with_defaults("params: {a: 1}", "params: {}").params.size(), 1U);
  EXPECT_TRUE(with_defaults("remove_headers: [X-A]", "remove_headers: off").remove_headers.empty());
}

TEST(SessionSettingsTest, ValuesAreTakenAsTheyAreWritten) {
  const SessionConfig session =
      with_defaults("", "params: {a: 007, b: 1.50, c: yes, d: 'off', e: 0x1F, x-f: '', g: $$$$}");
  EXPECT_EQ(session.params, (std::vector<NameValue>{{"a", "007"},
                                                    {"b", "1.50"},
                                                    {"c", "yes"},
                                                    {"d", "off"},
                                                    {"e", "0x1F"},
                                                    {"x-f", ""},
                                                    {"g", "$$"}}));
}

TEST(SessionSettingsTest, AnAuthOfItsOwnReplacesTheInheritedOneAsAWhole) {
  const std::string inherited = "auth: {bearer: 'env:A', hosts: [b.example]}";
  const AuthConfig own =
      with_defaults(inherited, "auth: {basic: {user: u, password: 'env:B'}}").auth;
  EXPECT_EQ(own, (AuthConfig{AuthConfig::Kind::basic, "u", {SecretRef::Kind::env, "B"}, {}}));
  EXPECT_EQ(with_defaults(inherited, "").auth.secret.text(), "env:A");
  EXPECT_EQ(with_defaults(inherited, "auth: off").auth, AuthConfig());
}

TEST(SessionSettingsTest, AReferenceMayComeFromAVariable) {
  EXPECT_EQ(with_defaults("", "auth: {bearer: '${TOKEN_FILE}'}").auth.secret,
            (SecretRef{SecretRef::Kind::file, "/run/token"}));
}

TEST(SessionSettingsTest, AMappingAddsToInheritedGroupsAndAWordReplacesThem) {
  const std::string inherited =
      "cookies: {persist: true, scope: header}, rate: {limit: 5/s, min_interval: 1s}";
  const SessionConfig added = with_defaults(inherited, "cookies: {max_jars: 3}, rate: {burst: 2}");
  EXPECT_EQ(added.cookies.keep, CookiesConfig::Keep::persist);
  EXPECT_TRUE(added.cookies.by_header);
  EXPECT_EQ(added.rate.count, 5U);
  EXPECT_EQ(added.rate.burst, 2U);

  const SessionConfig replaced = with_defaults(inherited, "cookies: memory, rate: 10/m");
  EXPECT_EQ(replaced.cookies.keep, CookiesConfig::Keep::memory);
  EXPECT_FALSE(replaced.cookies.by_header);
  EXPECT_EQ(replaced.rate.per, 1min);
  EXPECT_TRUE(replaced.rate.min_interval.empty());
  EXPECT_FALSE(with_defaults(inherited, "rate: off").rate.active());
}

TEST(SessionSettingsTest, RetryOffKeepsWhatIsSaidAboutPauses) {
  const RetryConfig retry =
      with_defaults("retry: {attempts: 5, retry_after: {max: 5m}}", "retry: off").retry;
  EXPECT_EQ(retry.attempts, 1U);
  EXPECT_EQ(retry.retry_after_max, 5min);
}

TEST(SessionSettingsTest, ASessionOverAnothersPoolHasThatPoolsLimits) {
  const SessionConfig session = load_session(
      "defaults: {connections: 2, connections_per_host: 2}\n"
      "sessions:\n"
      "  main: {base_url: 'http://a.example', connections: 8, keepalive: {idle: 9s}}\n"
      "  s: {allow_hosts: [b.example], pool: main}\n");
  EXPECT_EQ(session.connections, 8U);
  EXPECT_EQ(session.connections_per_host, 2U);
  EXPECT_EQ(session.keepalive.idle, 9s);
}

TEST(SessionSettingsTest, APoolInDefaultsIsNotForItsOwner) {
  EXPECT_EQ(with_defaults("pool: s", "").pool, "");
}

TEST(SessionSettingsTest, NoFieldOfAConnectionIsForTheUser) {
  for (const std::string_view name : own_fields()) {
    EXPECT_FALSE(parse_field_name(name)) << name;
    EXPECT_TRUE(is_hop_by_hop(name) || name == "Host" || name == "Content-Length") << name;
  }
  EXPECT_FALSE(parse_field_name("trunkd-session"));
  EXPECT_TRUE(parse_field_name("Trunk"));
}

TEST(SessionSettingsTest, LongNamesAndValuesAreRefusedWithoutQuotingThem) {
  const std::string longest(kMaxRequestValue, 'v');
  EXPECT_TRUE(parse_field_value(longest));
  EXPECT_EQ(parse_field_value(longest + 'v').error(), "is longer than 8192 bytes");
  EXPECT_FALSE(parse_parameter_name(std::string(kMaxRequestName + 1, 'n')));
}

TEST(SessionSettingsTest, NoMessageShowsWhatMayBeASecret) {
  for (const char* fields : {
           "auth: hunter2",
           "auth: [hunter2]",
           "auth: {hunter2: }",
           "auth: {bearer: hunter2}",
           "auth: {bearer:hunter2}",
           "auth: {bearer: 'file:hunter2'}",
           "auth: {bearer: 'env:hunter2!'}",
           "auth: {bearer: 'credential:/hunter2'}",
           "auth: {bearer: '${TOKEN}'}",
           "auth: {bearer: 'hunter2${UNSET}'}",
           "auth: {bearer: '${hunter2 !}'}",
           "auth: {bearer: 'env:$hunter2'}",
           "auth: {bearer: {hunter2: }}",
           "auth: {basic: 'user:hunter2'}",
           "auth: {basic: {user: 'user:hunter2', password: hunter2}}",
           "auth: {header: 'X-Api-Key: hunter2'}",
           "auth: {header: {name: 'X-Api-Key: hunter2', value: hunter2}}",
           "auth: {query: {key: hunter2}}",
           "auth: {query: {hunter2: key}}",
           "auth.bearer: hunter2",
           "headers: 'Authorization: Bearer hunter2'",
           "headers: {'Authorization: Bearer hunter2': }",
           "headers: {Authorization: ' hunter2'}",
           "headers: {Authorization: [hunter2]}",
           "headers: {Authorization:hunter2}",
           "params: key=hunter2",
           "params: {key:hunter2}",
       }) {
    const LoadedConfig loaded = load_config_text(
        "sessions: {s: {base_url: 'http://a.example', " + std::string(fields) + "}}", "t.yaml",
        some_are_set);
    EXPECT_FALSE(loaded.mistakes.empty()) << fields;
    for (const ConfigMistake& mistake : loaded.mistakes) {
      EXPECT_EQ(mistake.text().find("hunter2"), std::string::npos) << mistake.text();
    }
  }
}

}  // namespace
}  // namespace trunkd
