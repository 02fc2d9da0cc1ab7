#include "daemon/commands/live_report.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace trunkd {
namespace {

// 2026-11-28T12:00:00Z
const WallTime kToday{std::chrono::sys_days(std::chrono::year(2026) / 11 / 28) + 12h};

LiveResult github() {
  LiveResult result;
  result.session = "github";
  result.url = "https://api.github.com";
  result.address = "140.82.121.6:443";
  result.tls = TlsFacts{TlsVersion::tls13, kToday + 57 * 24h + 5h};
  result.times = {.dns = 1500us, .connect = 12ms, .tls = 30250us};
  result.status = 200;
  result.keep_alive = true;
  result.keep_alive_timeout = 60s;
  return result;
}

LiveResult plain() {
  LiveResult result;
  result.session = "shop";
  result.url = "http://shop.internal:8080/v1";
  result.address = "10.1.2.3:8080";
  result.http_minor_version = 0;
  result.status = 404;
  return result;
}

LiveResult broken() {
  LiveResult result;
  result.session = "billing";
  result.url = "https://billing.corp.example";
  result.error = Error{ErrorKind::tls_certificate,
                       "the certificate of billing.corp.example (10.0.0.7:443) expired on "
                       "2026-11-01",
                       "If it should be valid, look at the clock."};
  return result;
}

LiveResult wildcards() {
  LiveResult result;
  result.session = "crawler";
  return result;
}

nlohmann::json parsed(const LiveResult& result) {
  return nlohmann::json::parse(live_json({result}, kToday)).at(0);
}

TEST(LiveReportTest, EachSessionIsALineInColumnsWithItsHintBelow) {
  EXPECT_EQ(live_text({github(), plain(), broken(), wildcards()}, kToday),
            "github   https://api.github.com        140.82.121.6:443  TLS 1.3  "
            "certificate: 57 days left  HTTP/1.1 200  keeps connections (timeout 60 s)\n"
            "shop     http://shop.internal:8080/v1  10.1.2.3:8080     no TLS   "
            "                           HTTP/1.0 404  closes connections\n"
            "billing  https://billing.corp.example  failed: the certificate of "
            "billing.corp.example (10.0.0.7:443) expired on 2026-11-01\n"
            "         If it should be valid, look at the clock.\n"
            "crawler  -                             nothing to try: allow_hosts names no single "
            "host\n"
            "2 sessions answered, 1 failed, 1 with nothing to try.\n");
}

TEST(LiveReportTest, AColumnThatNobodyNeedsIsLeftOut) {
  EXPECT_EQ(live_text({plain()}, kToday),
            "shop  http://shop.internal:8080/v1  10.1.2.3:8080  no TLS  HTTP/1.0 404  closes "
            "connections\n1 session answered.\n");
}

TEST(LiveReportTest, ConnectionsThatAreKeptForAnUnknownTimeAreKept) {
  LiveResult result = github();
  result.keep_alive_timeout = {};
  EXPECT_NE(live_text({result}, kToday).find("  keeps connections\n"), std::string::npos);
}

TEST(LiveReportTest, A401SaysThatItWasAskedWithoutTheCredentialsThatTheSessionHas) {
  LiveResult result = github();
  result.status = 401;
  EXPECT_EQ(live_text({result}, kToday).find("credentials"), std::string::npos);
  result.has_auth = true;
  EXPECT_NE(live_text({result}, kToday).find("\n        It was asked without the credentials.\n"),
            std::string::npos);
  result.status = 200;
  EXPECT_EQ(live_text({result}, kToday).find("credentials"), std::string::npos);
}

TEST(LiveReportTest, ACertificateThatEndsWithin14DaysIsAWarning) {
  LiveResult result = github();
  const auto ends_in = [&](Duration left) {
    result.tls->certificate_not_after = kToday + left;
    return live_text({result}, kToday);
  };
  EXPECT_EQ(ends_in(14 * 24h).find("warning"), std::string::npos);
  const std::string soon = ends_in(14 * 24h - 1s);
  EXPECT_NE(soon.find("certificate: 13 days left"), std::string::npos) << soon;
  EXPECT_NE(soon.find("\n        warning: the certificate expires soon, on 2026-12-12T11:59:59Z\n"),
            std::string::npos)
      << soon;
  EXPECT_NE(ends_in(25h).find("certificate: 1 day left"), std::string::npos);
  EXPECT_NE(ends_in(23h).find("certificate: less than a day left"), std::string::npos);
  const std::string over = ends_in(-1s);
  EXPECT_NE(over.find("certificate: expired on 2026-11-28"), std::string::npos) << over;
  EXPECT_NE(over.find("warning: the certificate expired on 2026-11-28T11:59:59Z\n"),
            std::string::npos)
      << over;
}

TEST(LiveReportTest, ACertificateThatIsNotVerifiedIsAWarningOfTlsOnly) {
  LiveResult secure = github();
  secure.verified = false;
  EXPECT_NE(
      live_text({secure}, kToday).find("warning: the certificate is not verified (tls.verify"),
      std::string::npos);
  LiveResult open = plain();
  open.verified = false;
  EXPECT_EQ(live_warnings(open, kToday), std::vector<std::string>{});
}

TEST(LiveReportTest, JsonHasAllMembersOfASessionThatAnswered) {
  EXPECT_EQ(live_json({github()}, kToday), R"([
  {
    "session": "github",
    "url": "https://api.github.com",
    "ok": true,
    "address": "140.82.121.6:443",
    "tls_version": "1.3",
    "tls_verified": true,
    "certificate_days_left": 57,
    "certificate_not_after": "2027-01-24T17:00:00Z",
    "http_version": "1.1",
    "status": 200,
    "keep_alive": true,
    "keep_alive_timeout_seconds": 60,
    "dns_ms": 1.5,
    "connect_ms": 12.0,
    "tls_ms": 30.25,
    "error": null,
    "detail": null,
    "hint": null,
    "warnings": []
  }
]
)");
}

TEST(LiveReportTest, JsonHasNullForWhatIsNotKnown) {
  const auto open = parsed(plain());
  for (const char* name : {"tls_version", "tls_verified", "certificate_days_left",
                           "certificate_not_after", "keep_alive_timeout_seconds", "tls_ms"}) {
    EXPECT_TRUE(open.at(name).is_null()) << name;
  }
  EXPECT_EQ(open.at("http_version"), "1.0");
  EXPECT_EQ(open.at("keep_alive"), false);

  const auto failed = parsed(broken());
  EXPECT_EQ(failed.at("ok"), false);
  EXPECT_EQ(failed.at("error"), "tls_certificate");
  EXPECT_EQ(failed.at("hint"), "If it should be valid, look at the clock.");
  for (const char* name : {"address", "status", "http_version", "keep_alive", "connect_ms"}) {
    EXPECT_TRUE(failed.at(name).is_null()) << name;
  }

  const auto untried = parsed(wildcards());
  EXPECT_TRUE(untried.at("ok").is_null());
  EXPECT_TRUE(untried.at("url").is_null());
  EXPECT_TRUE(untried.at("error").is_null());
  EXPECT_EQ(untried.at("detail"), "nothing to try: allow_hosts names no single host");
}

TEST(LiveReportTest, JsonOfAFailureBehindTheHandshakeKeepsWhatWasSeenBefore) {
  LiveResult silent = github();
  silent.status = 0;
  silent.keep_alive = false;
  silent.error = Error{ErrorKind::response_timeout, "api.github.com did not begin to answer"};
  const auto one = parsed(silent);
  EXPECT_EQ(one.at("address"), "140.82.121.6:443");
  EXPECT_EQ(one.at("certificate_days_left"), 57);
  EXPECT_TRUE(one.at("status").is_null());
  EXPECT_TRUE(one.at("hint").is_null());
}

}  // namespace
}  // namespace trunkd
