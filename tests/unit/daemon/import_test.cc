#include "daemon/commands/import/import.h"

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>
#include <sstream>

#include "config/config_loader.h"
#include "daemon/commands/import/credential_choice.h"
#include "daemon/commands/import/imported_session.h"
#include "daemon/commands/import/secret_names.h"

namespace trunkd {
namespace {

std::optional<std::string> nothing_is_set(const std::string& name) {
  if (name == "HOME") return "/home/ann";
  return std::nullopt;
}

class ImportTest : public testing::Test {
 protected:
  // Runs the command and loads what it prints; the session, or an empty one after a failure.
  const SessionConfig& import(const std::string& curl) {
    command_.words = {curl};
    return import_words();
  }
  const SessionConfig& import_words(const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out, err;
    config_ = nullptr;
    code_ = run_import(command_, nothing_is_set, {false, ""}, "/srv", {in, out, err});
    text_ = out.str();
    error_ = err.str();
    static const SessionConfig kNone;
    if (code_ != 0) return kNone;
    LoadedConfig loaded = load_config_text(text_, "imported.yaml", nothing_is_set);
    for (const ConfigMistake& mistake : loaded.mistakes) ADD_FAILURE() << mistake.text() << text_;
    config_ = loaded.config;
    return config_ ? config_->sessions.front() : kNone;
  }
  bool says(std::string_view part) const { return text_.find(part) != std::string::npos; }
  // The line of the same call through trunkd.
  std::string call() const {
    const size_t start = text_.find("#   curl ");
    return text_.substr(start + 4, text_.find('\n', start) - start - 4);
  }

  ImportCommand command_;
  std::shared_ptr<const Config> config_;
  int code_ = 0;
  std::string text_, error_;
};

TEST_F(ImportTest, AUrlIsASessionForItsHostAndAPathForItsRequests) {
  const SessionConfig& session = import("curl 'https://api.github.com/repos/a/b?page=2#top'");
  EXPECT_EQ(session.name, "github");
  EXPECT_EQ(session.origin, (Origin{Scheme::https, "api.github.com", 443}));
  EXPECT_EQ(session.base_path, "");
  EXPECT_EQ(session.listen.front().port, 8101);
  EXPECT_EQ(call(), "curl 'http://127.0.0.1:8101/repos/a/b?page=2'");
}

TEST_F(ImportTest, NameAndPortCanBeChosen) {
  command_.session = "shop";
  command_.listen = 9000;
  EXPECT_EQ(import("curl shop.example:8080").name, "shop");
  EXPECT_EQ(config_->sessions.front().origin, (Origin{Scheme::http, "shop.example", 8080}));
  EXPECT_EQ(call(), "curl http://127.0.0.1:9000/");
  EXPECT_TRUE(says("The URL says no scheme"));
  for (const char* name : {"No Name", "x-shop"}) {
    command_.session = name;
    import("curl shop.example");
    EXPECT_EQ(code_, 2);
  }
}

TEST_F(ImportTest, NamesComeFromWhatIsOwnInAHost) {
  const PublicSuffixes suffixes;
  EXPECT_EQ(session_name_of_host("api.github.com", suffixes), "github");
  EXPECT_EQ(session_name_of_host("www.shop.co.uk", suffixes), "shop");
  EXPECT_EQ(session_name_of_host("localhost", suffixes), "localhost");
  EXPECT_EQ(session_name_of_host("10.0.0.1", suffixes), "host-10-0-0-1");
  EXPECT_EQ(session_name_of_host("::1", suffixes), "host-1");
  EXPECT_EQ(session_name_of_host("my_host", suffixes), "my-host");
  EXPECT_EQ(session_name_of_host("x-shop.example", suffixes), "shop");  // x-... would be ignored
  EXPECT_EQ(session_name_of_host("x-.example", suffixes), "session");
}

TEST_F(ImportTest, ABearerTokenBecomesAFileAndIsPrintedNowhere) {
  const SessionConfig& session =
      import("curl -H 'Authorization: Bearer sesame-123' https://api.example.com/");
  EXPECT_EQ(session.auth.kind, AuthConfig::Kind::bearer);
  EXPECT_EQ(session.auth.secret.text(), "file:/home/ann/.config/trunkd/example.token");
  EXPECT_FALSE(says("sesame"));
  EXPECT_TRUE(says("install -D -m 600 /dev/stdin /home/ann/.config/trunkd/example.token"));
}

TEST_F(ImportTest, AServiceWithAUserOfItsOwnGetsTheSecretByItsGroup) {
  std::istringstream in;
  std::ostringstream out, err;
  command_.words = {"curl -H 'Authorization: Bearer sesame' https://api.example.com/"};
  EXPECT_EQ(run_import(command_, nothing_is_set, {true, "trunkd"}, "/srv", {in, out, err}), 0);
  EXPECT_NE(out.str().find("install -D -m 640 -g trunkd /dev/stdin /etc/trunkd/example.token"),
            std::string::npos)
      << out.str();
}

TEST_F(ImportTest, AVariableOfTheShellStaysOne) {
  const SessionConfig& session =
      import("curl -H \"Authorization: Bearer $OPENAI_API_KEY\" https://api.openai.com/v1/models");
  EXPECT_EQ(session.auth.secret.text(), "env:OPENAI_API_KEY");
  EXPECT_EQ(call(), "curl http://127.0.0.1:8101/v1/models");
}

TEST_F(ImportTest, TheUserSaysWhereTheSecretIsToBe) {
  command_.secret = "credential:token";
  EXPECT_EQ(import("curl --oauth2-bearer sesame a.example").auth.secret.text(), "credential:token");
  command_.secret = "sesame";
  import("curl --oauth2-bearer x a.example");
  EXPECT_EQ(code_, 2);
  EXPECT_EQ(error_.find("sesame"), std::string::npos);
}

TEST_F(ImportTest, ALoginIsBasicFromEachOfItsPlaces) {
  for (const char* curl : {"curl -u ann:sesame a.example", "curl --user=x -uann:sesame a.example",
                           "curl http://ann:sesame@a.example/",
                           "curl -H 'Authorization: Basic YW5uOnNlc2FtZQ==' a.example"}) {
    const SessionConfig& session = import(curl);
    EXPECT_EQ(session.auth.kind, AuthConfig::Kind::basic) << text_;
    EXPECT_EQ(session.auth.name, "ann");
    EXPECT_TRUE(says("a.password")) << text_;
    EXPECT_FALSE(says("sesame"));
    EXPECT_FALSE(says("YW5u"));
  }
}

TEST_F(ImportTest, AKeyThatStandsAsTheUserIsASecretToo) {
  for (const char* curl : {"curl -u sesame: a.example", "curl -u ghp_sesame1234567:x a.example",
                           "curl -u \"$KEY:\" a.example", "curl https://sesame@a.example"}) {
    const SessionConfig& session = import(curl);
    EXPECT_EQ(session.auth.kind, AuthConfig::Kind::header) << curl;
    EXPECT_EQ(session.auth.name, "Authorization");
    EXPECT_FALSE(says("sesame")) << text_;
  }
}

TEST_F(ImportTest, AKeyThatStandsAsTheUserOfTheProxyIsASecretToo) {
  for (const char* curl :
       {"curl -x http://sesame:@proxy.example a.example", "curl -x sesame@proxy.example a.example",
        "curl -x proxy.example -U sesame: a.example",
        "curl -x proxy.example -U ghp_sesame1234567:x a.example"}) {
    const SessionConfig& session = import(curl);
    EXPECT_EQ(session.upstream_proxy.host, "proxy.example") << curl;
    EXPECT_EQ(session.upstream_proxy.user, "");
    EXPECT_FALSE(says("sesame")) << text_;
    EXPECT_TRUE(says("the name for the proxy: may be a secret")) << text_;
  }
  EXPECT_EQ(import("curl -x proxy.example -U :sesame a.example").upstream_proxy.user, "");
  EXPECT_FALSE(says("sesame"));
  EXPECT_TRUE(says("the password for the proxy: ")) << text_;
  // curl asks for the password.
  EXPECT_EQ(import("curl -x proxy.example -U bob a.example").upstream_proxy.user, "bob");
}

TEST_F(ImportTest, AUrlInAFieldOrParameterKeepsNoLogin) {
  const SessionConfig& from = import("curl -e https://ann:sesame@a.example/x b.example");
  EXPECT_EQ(from.headers, (std::vector<NameValue>{{"Referer", "https://a.example/x"}}));
  EXPECT_TRUE(says("Referer: ")) << text_;
  import("curl -e https://a.example/r/9f8e7d6c5b4a39281706ab b.example");
  EXPECT_FALSE(says("9f8e7d6c")) << text_;
  for (const char* curl :
       {"curl -e ann:sesame@a.example/x b.example",
        "curl -H 'X-Remote: https://bot:sesame@github.com/r' a.example",
        "curl -H 'X-Remote: a b https://sesame@github.com/r' a.example",
        "curl 'a.example/?url=https://u:sesame@h/'", "curl 'a.example/?https://u:sesame@h/?x=1'",
        "curl 'a.example/?url=https%3A%2F%2Fu%3Asesame%40h%2F'",
        "curl a.example/fetch/https://u:sesame@h/x", "curl -G -d url=https://u:sesame@h/ a.example",
        "curl --url-query url=https://u:sesame@h/ a.example",
        "curl -H 'Origin: https://u:sesame@h' a.example"}) {
    import(curl);
    EXPECT_EQ(code_, 0) << error_;
    EXPECT_FALSE(says("sesame")) << text_;
  }
}

TEST_F(ImportTest, AVariableWithinAValueIsNoSecret) {
  const SessionConfig& session = import(
      "curl -H \"X-Up: Bearer $TOKEN\" -H \"X-Remote: https://ann:$PW@h/r\" -e ann@ a.example");
  EXPECT_EQ(session.auth.kind, AuthConfig::Kind::none) << text_;
  EXPECT_TRUE(session.headers.empty());  // of the Referer nothing is left
  EXPECT_EQ(call(),
            "curl -H 'X-Up: Bearer '\"$TOKEN\" -H 'X-Remote: https://ann:'\"$PW\"@h/r "
            "http://127.0.0.1:8101/");
}

TEST_F(ImportTest, ATokenIsFoundWithinAValue) {
  for (const char* value :
       {"https://bot:ghp_1234567890@github.com/r", "Bearer eyJhbGciOiJI.e30.x", "Bearer sesame",
        "token=0a1b2c3d4e5f60718293a4b5", "a, ghp_1234567890", "{\"t\":\"glpat-123456789\"}",
        "https://a.example/hooks/0a1b2c3d4e5f60718293a4b5", "wJalr3XUtnFE/K7MDENG/bPxRfiCYEXAMPLE",
        "id 123e4567-e89b-12d3-a456-426614174000", "https%3A%2F%2Fu%3Ax%40h"}) {
    EXPECT_TRUE(looks_like_secret(value)) << value;
  }
  for (const char* value :
       {"https://app.example/callback?from=2026-11-28", "see https://a.example/@ann for more",
        "me@example.com", "en-GB,en;q=0.9", "sk-SK,sk;q=0.9,cs;q=0.8", "100%", "a%20plain%20text",
        "bearer", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", ""}) {
    EXPECT_FALSE(looks_like_secret(value)) << value;
  }
  for (const char* name : {"appkey", "userKey", "privatekey", "passcode", "pw"}) {
    EXPECT_EQ(kind_of_name(name), NameKind::credential) << name;
  }
  for (const char* name : {"sign", "X-Hmac"}) {
    EXPECT_EQ(kind_of_name(name), NameKind::passing) << name;
  }
  EXPECT_EQ(kind_of_name("design"), NameKind::plain);
}

TEST_F(ImportTest, ThePathsOfServicesThatHaveATokenInThemGiveNoneAway) {
  for (const std::string path :
       {"api.telegram.org/bot12345:sesame/getMe", "api.telegram.org/file/bot1:sesame-_/a.png",
        "api.telegram.org/bot12345%3Asesame/getMe", "hooks.slack.com/services/T0/B0/sesame",
        "hooks.slack.com//services/T024BE7LD/B024BE7LD/sesame/",
        "discord.com/api/webhooks/1234567890/sesame", "discord.com/api/v10/webhooks/1/sesame/slack",
        "proxy.example/https://discord.com/api/webhooks/1/sesame"}) {
    SCOPED_TRACE(path);
    import("curl https://" + path);
    EXPECT_EQ(code_, 0) << error_;
    EXPECT_FALSE(says("sesame")) << text_;
    EXPECT_NE(call().find("CURL_PATH"), std::string::npos) << call();
    import("curl -e https://" + path + " 'a.example/?url=https://" + path + "&https%3A%2F%2F" +
           path + "' -H 'X-Hook: https://" + path + "'");
    EXPECT_EQ(code_, 0) << error_;
    EXPECT_FALSE(says("sesame")) << text_;
  }
  import("curl https://hooks.slack.com/services/T0/B0/sesame");
  EXPECT_EQ(call(), "curl http://127.0.0.1:8101/services/T0/B0/\"$CURL_PATH\"");
  for (const char* value : {"/services/plans/basic/list", "/robots/12/x", "/bot/12:30/x",
                            "/api/webhooks/new/first", "/webhooks/12"}) {
    EXPECT_FALSE(looks_like_secret(value)) << value;
  }
}

TEST_F(ImportTest, WhatStandsForASecretIsNoVariableThatAShellHasSet) {
  import(
      "curl -d @f 'a.example/9f8e7d6c5b4a39281706ab/0a1b2c3d4e5f60718293a4b5?user=u' --data b "
      "-d c 'a.example' --url-query uid=123e4567-e89b-12d3-a456-426614174000");
  EXPECT_EQ(call(),
            "curl -d @f --data \"$CURL_BODY\" -d \"$CURL_BODY_2\" --url-query uid=\"$CURL_UID\" "
            "http://127.0.0.1:8101/\"$CURL_PATH\"/\"$CURL_PATH_2\"'?user=u'");
  EXPECT_TRUE(says("$CURL_BODY")) << text_;
  import("curl -G --json '{\"password\":\"sesame\"}' -F password=sesame -d q=1 a.example");
  EXPECT_EQ(call(),
            "curl -G --json \"$CURL_BODY\" -F \"$CURL_BODY_2\" -d q=1 http://127.0.0.1:8101/");
  import("curl -d same -d same -d other a.example");
  EXPECT_EQ(call(),
            "curl -d \"$CURL_BODY\" -d \"$CURL_BODY\" -d \"$CURL_BODY_2\" "
            "http://127.0.0.1:8101/");
  import("curl -H \"X-Sig: $MINE\" -H 'X-Sig: sesame' a.example");
  EXPECT_EQ(call(),
            "curl -H 'X-Sig: '\"$MINE\" -H 'X-Sig: '\"$CURL_X_SIG\" http://127.0.0.1:8101/");
}

TEST_F(ImportTest, AValueBehindAnEqualsSignIsTheOptions) {
  const SessionConfig& session =
      import("curl --user=ann:sesame --max-time=7 --nonsense=sesame a.example");
  EXPECT_EQ(session.auth.name, "ann");
  EXPECT_EQ(session.timeouts.total, 7s);
  EXPECT_EQ(session.origin.host, "a.example");
  EXPECT_TRUE(says("--nonsense: is no option of curl"));
  EXPECT_FALSE(says("sesame"));
  import("curl --compressed=yes a.example");
  EXPECT_EQ(config_->sessions.front().origin.host, "a.example");
  EXPECT_TRUE(says("--compressed: is no option of curl")) << text_;
}

TEST_F(ImportTest, TheCommandNeedsNeitherQuotesNorDashesBeforeIt) {
  CLI::App app;
  add_import(app, command_);
  ASSERT_NO_THROW(app.parse(
      "import --session shop curl -uann:sesame -H \"X-Team: red\" https://a.example/x -k", false));
  EXPECT_EQ(command_.words, (std::vector<std::string>{"curl", "-uann:sesame", "-H", "X-Team: red",
                                                      "https://a.example/x", "-k"}));
  const SessionConfig& session = import_words();
  EXPECT_EQ(session.name, "shop");
  EXPECT_EQ(session.auth.name, "ann");

  ImportCommand behind_dashes;
  CLI::App third;
  add_import(third, behind_dashes);
  ASSERT_NO_THROW(third.parse("import --listen 9000 -- curl --session -L a.example", false));
  EXPECT_EQ(behind_dashes.words,
            (std::vector<std::string>{"curl", "--session", "-L", "a.example"}));
  EXPECT_EQ(behind_dashes.listen, 9000);

  ImportCommand quoted;
  CLI::App other;
  add_import(other, quoted);
  ASSERT_NO_THROW(other.parse("import \"curl a.example\" --listen 9000", false));
  EXPECT_EQ(quoted.words, (std::vector<std::string>{"curl a.example"}));
  EXPECT_EQ(quoted.listen, 9000);
}

TEST_F(ImportTest, AWordBehindTheQuotedCommandIsAMistakeThatIsNotQuoted) {
  command_.words = {"curl -u ann:sesame a.example", "--sesion", "sesame"};
  import_words();
  EXPECT_EQ(code_, 2);
  EXPECT_EQ(error_,
            "trunkd: the command: stands in one pair of quotes, and something stands behind it "
            "that is no option of import\n");
}

TEST_F(ImportTest, KeysInFieldsAndParametersAreFoundByTheirNames) {
  EXPECT_EQ(import("curl -H 'X-Api-Key: sesame' a.example").auth.kind, AuthConfig::Kind::header);
  EXPECT_FALSE(says("sesame"));
  const SessionConfig& maps = import("curl 'https://maps.example/x?key=sesame&q=here'");
  EXPECT_EQ(maps.auth.kind, AuthConfig::Kind::query);
  EXPECT_EQ(maps.auth.name, "key");
  EXPECT_EQ(call(), "curl 'http://127.0.0.1:8101/x?q=here'");
  EXPECT_FALSE(says("sesame"));
  EXPECT_EQ(import("curl -G -d q=1 -d appid=sesame a.example").auth.name, "appid");
  EXPECT_EQ(call(), "curl -G -d q=1 http://127.0.0.1:8101/");
}

TEST_F(ImportTest, OneCredentialCountsAndTheOthersStayWithTheClient) {
  const SessionConfig& session = import(
      "curl -H 'X-Api-Key: sesame1' -u ann:sesame2 -H 'Authorization: Bearer sesame3' "
      "'a.example/?token=sesame4'");
  EXPECT_EQ(session.auth.kind, AuthConfig::Kind::bearer);
  EXPECT_FALSE(says("sesame"));
  EXPECT_EQ(call(),
            "curl -H 'X-Api-Key: '\"$CURL_X_API_KEY\" "
            "'http://127.0.0.1:8101/?token='\"$CURL_TOKEN\"");
  EXPECT_TRUE(says("-u: another credential counts before it"));
}

TEST_F(ImportTest, WhatLooksLikeASecretIsTreatedAsOne) {
  import(
      "curl -H 'X-Odd: 0a1b2c3d4e5f60718293a4b5' https://hooks.example/T0/9f8e7d6c5b4a39281706ab");
  EXPECT_FALSE(says("0a1b2c3d"));
  EXPECT_FALSE(says("9f8e7d6c"));
  EXPECT_EQ(call(), "curl http://127.0.0.1:8101/T0/\"$CURL_PATH\"");
  EXPECT_TRUE(looks_like_secret("123e4567-e89b-12d3-a456-426614174000"));
  EXPECT_TRUE(looks_like_secret("eyJhbGciOiJIUzI1NiJ9.e30.x"));
  EXPECT_FALSE(looks_like_secret("a-long-title-of-an-article-2026-11-28"));
  EXPECT_FALSE(looks_like_secret("application/vnd.github.v3+json"));
  EXPECT_EQ(kind_of_name("X-CSRF-Token"), NameKind::passing);
  EXPECT_EQ(kind_of_name("apiKey"), NameKind::credential);
  EXPECT_EQ(kind_of_name("clientsecret"), NameKind::credential);
  EXPECT_EQ(kind_of_name("monkey"), NameKind::plain);
}

TEST_F(ImportTest, FieldsOfTheSessionAndFieldsOfTheRequestArePartedAndThoseOfCurlAreReplaced) {
  const SessionConfig& session = import(
      "curl -A 'me/1.0' -e https://a.example/?x=1 -H 'Accept: text/plain' -H 'X-Team: blue: $5' "
      "-H 'X-Team: red' -H 'Content-Type: text/csv' -H 'If-None-Match: \"x\"' -H 'Accept-Charset:' "
      "a.example");
  EXPECT_EQ(session.headers, (std::vector<NameValue>{{"Referer", "https://a.example/"},
                                                     {"X-Team", "blue: $5, red"}}));
  EXPECT_EQ(session.set_headers,
            (std::vector<NameValue>{{"User-Agent", "me/1.0"}, {"Accept", "text/plain"}}));
  EXPECT_EQ(call(),
            "curl -H 'Content-Type: text/csv' -H 'If-None-Match: \"x\"' -H Accept-Charset: "
            "http://127.0.0.1:8101/");
}

TEST_F(ImportTest, WhatABrowserCopiesIsASession) {
  const SessionConfig& session = import(
      "curl 'https://www.shop.example/api/cart' \\\n"
      "  -H 'authority: www.shop.example' \\\n"
      "  -H 'accept: */*' \\\n"
      "  -H 'accept-encoding: gzip, deflate, br' \\\n"
      "  -H 'accept-language: de-DE,de;q=0.9' \\\n"
      "  -H 'cookie: sid=sesame; theme=dark' \\\n"
      "  -H 'connection: keep-alive' \\\n"
      "  -H 'origin: https://www.shop.example' \\\n"
      "  -H 'sec-ch-ua: \"Chromium\";v=\"120\"' \\\n"
      "  -H 'sec-fetch-site: same-origin' \\\n"
      "  -H 'x-csrf-token: sesame' \\\n"
      "  -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64)' \\\n"
      "  --data-raw $'{\"password\":\"sesame\\u0021\"}' \\\n"
      "  --compressed");
  EXPECT_EQ(session.cookies.keep, CookiesConfig::Keep::persist);
  EXPECT_EQ(session.headers.size(), 2u);  // accept-language, origin
  EXPECT_EQ(session.set_headers.size(), 2u);
  EXPECT_FALSE(says("sesame"));
  EXPECT_TRUE(says("sec-ch-ua, sec-fetch-site: tells of a web page in a browser"));
  EXPECT_EQ(call(),
            "curl -H 'x-csrf-token: '\"$CURL_X_CSRF_TOKEN\" --data-raw \"$CURL_BODY\" --compressed "
            "http://127.0.0.1:8101/api/cart");
}

TEST_F(ImportTest, TimesRetriesAndRedirectsAreTheSessions) {
  const SessionConfig& session = import(
      "curl -L --max-redirs 3 --retry 4 --retry-delay 1 --connect-timeout 2.5 -m 30 a.example");
  EXPECT_EQ(session.timeouts.connect, 2500ms);
  EXPECT_EQ(session.timeouts.total, 30s);
  EXPECT_EQ(session.retry.attempts, 5u);
  EXPECT_EQ(session.retry.backoff, 1s);
  EXPECT_EQ(session.follow_redirects, 3u);
  EXPECT_EQ(import("curl -L --retry 99 a.example").retry.attempts, 10u);
  EXPECT_EQ(config_->sessions.front().follow_redirects, 50u);
  EXPECT_TRUE(says("--retry: a session tries 10 times at most"));
  EXPECT_EQ(import("curl --no-location -L --no-location a.example").follow_redirects, 0u);
}

TEST_F(ImportTest, CertificatesStayVerified) {
  const SessionConfig& session = import(
      "curl -k --cacert ca.pem -E /etc/me.pem:sesame --key ~/me.key --tlsv1.3 https://a.example");
  EXPECT_TRUE(session.tls.verify);
  EXPECT_EQ(session.tls.ca_file, "/srv/ca.pem");
  EXPECT_EQ(session.tls.client_cert, "/etc/me.pem");
  EXPECT_EQ(session.tls.client_key, "/home/ann/me.key");
  EXPECT_TRUE(session.tls.tls13_only);
  EXPECT_TRUE(says("-k: certificates stay verified"));
  EXPECT_FALSE(says("sesame"));
}

TEST_F(ImportTest, AProxyIsTheSessionsAndItsPasswordASecret) {
  const SessionConfig& session = import(
      "curl -x http://bob:sesame@proxy.example:3128 --noproxy .intern.example,10.0.0.0/8 "
      "a.example");
  EXPECT_EQ(session.upstream_proxy.host, "proxy.example");
  EXPECT_EQ(session.upstream_proxy.port, 3128);
  EXPECT_EQ(session.upstream_proxy.user, "bob");
  EXPECT_EQ(session.upstream_proxy.secret.kind, SecretRef::Kind::file);
  EXPECT_EQ(session.no_proxy,
            (std::vector<std::string>{"intern.example", "*.intern.example", "10.0.0.0/8"}));
  EXPECT_FALSE(says("sesame"));
  EXPECT_EQ(import("curl -x proxy a.example").upstream_proxy.port, 1080);
  EXPECT_EQ(import("curl --socks5 p.example:9050 a.example").upstream_proxy.kind,
            UpstreamProxyConfig::Kind::socks5h);
  EXPECT_EQ(import("curl -x p --noproxy '*' a.example").upstream_proxy.kind,
            UpstreamProxyConfig::Kind::none);
}

TEST_F(ImportTest, FixedAddressesAreTaken) {
  const SessionConfig& session =
      import("curl --resolve a.example:443:192.0.2.7,[2001:db8::7] https://a.example");
  EXPECT_EQ(session.resolve,
            (std::vector<FixedAddresses>{{"a.example", {"192.0.2.7", "2001:db8::7"}}}));
}

TEST_F(ImportTest, WhatHasNoPlaceIsListedAndItsValueIsNot) {
  import(
      "curl --digest -u ann:sesame --happy sesame --config=sesame --ciphers x -Kfile --http2 "
      "-H @fields -H nothing a.example b.example");
  for (const char* part :
       {"-u: belongs to a login", "--happy: is no option of curl",
        "--ciphers, --http2: a session has nothing for it",
        "--config, -K, -H @FILE: what stands in that file", "-H: one of them is no header field",
        "further URLs", "--digest: trunkd has no such login"}) {
    EXPECT_TRUE(says(part)) << part << '\n' << text_;
  }
  EXPECT_FALSE(says("sesame"));
  EXPECT_EQ(config_->sessions.front().auth.kind, AuthConfig::Kind::none);
}

TEST_F(ImportTest, AFieldThatTheConfigurationRefusesIsLeftOutWithItsReason) {
  import("curl --connect-timeout 90000 --resolve '*:443:1.2.3.4' a.example");
  EXPECT_TRUE(says("--connect-timeout: is no number of seconds up to a day"));
  EXPECT_TRUE(says("--resolve: does not say HOST:PORT:ADDRESS"));
  const SessionConfig& session = import("curl -H 'X-A: " + std::string(9000, 'a') + "' a.example");
  EXPECT_TRUE(session.headers.empty());
  EXPECT_TRUE(says("X-A: is longer than 8192 bytes"));
}

TEST_F(ImportTest, TheCallKeepsWhatIsOfTheRequest) {
  import("curl -sS -o out.json -XPUT -T file.bin -d @body.json a.example/x --next b.example");
  EXPECT_EQ(call(),
            "curl -s -S -o out.json -X PUT -T file.bin -d @body.json http://127.0.0.1:8101/x");
  EXPECT_TRUE(says("--next: what stands behind it"));
  import("curl -o $'a\\nsessions: {}' a.example");
  EXPECT_EQ(call(), "curl -o \"$CURL_WORD\" http://127.0.0.1:8101/");
}

TEST_F(ImportTest, StandardInputAndWordsOfAShellAreTakenToo) {
  command_.words = {"-"};
  EXPECT_EQ(import_words("$ curl \\\n https://a.example\n").origin.host, "a.example");
  command_.words = {"curl", "-H", "X-A: $b c", "https://a.example"};
  EXPECT_EQ(import_words().headers, (std::vector<NameValue>{{"X-A", "$b c"}}));
}

TEST_F(ImportTest, WhatIsNoCallOfAHostIsAnErrorThatQuotesNothing) {
  for (const char* curl :
       {"wget sesame", "curl", "curl -H", "curl ftp://sesame.example/", "curl 'sesame",
        "curl https://sesame@/", "curl https://$HOST/sesame", "curl https://sesame.example:x/"}) {
    import(curl);
    EXPECT_EQ(code_, 2) << curl;
    EXPECT_EQ(text_, "");
    EXPECT_EQ(error_.find("sesame"), std::string::npos) << error_;
    EXPECT_EQ(error_.find("trunkd: the command"), 0u) << error_;
  }
}

}  // namespace
}  // namespace trunkd
