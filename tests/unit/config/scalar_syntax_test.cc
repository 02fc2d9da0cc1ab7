#include "config/scalar_syntax.h"

#include <gtest/gtest.h>

#include "config/host_syntax.h"

namespace trunkd {
namespace {

constexpr FieldInfo kAnyDuration = {
    .name = "a", .syntax = Syntax::duration, .max = 24ULL * 3600 * 1000};

TEST(ScalarSyntaxTest, DurationsAreAWholeNumberAndAUnit) {
  EXPECT_EQ(parse_duration("250ms", kAnyDuration), 250ms);
  EXPECT_EQ(parse_duration("5s", kAnyDuration), 5s);
  EXPECT_EQ(parse_duration("2m", kAnyDuration), 2min);
  EXPECT_EQ(parse_duration("1h", kAnyDuration), 1h);
  EXPECT_EQ(parse_duration("0s", kAnyDuration), 0s);
  for (const char* text : {"", "5", "s", "5 s", "+5s", "1.5s", "5S", "5sec", "1m30s", "25h",
                           "18446744073709551616s", "18446744073709551615h"}) {
    EXPECT_FALSE(parse_duration(text, kAnyDuration)) << text;
  }
}

TEST(ScalarSyntaxTest, ADurationIsPrintedInTheLargestExactUnit) {
  EXPECT_EQ(duration_text(0s), "0s");
  EXPECT_EQ(duration_text(250ms), "250ms");
  EXPECT_EQ(duration_text(1500ms), "1500ms");
  EXPECT_EQ(duration_text(60s), "1m");
  EXPECT_EQ(duration_text(90s), "90s");
  EXPECT_EQ(duration_text(48h), "48h");
}

TEST(ScalarSyntaxTest, BooleansAreTheWordsOfYaml) {
  for (const char* text : {"true", "True", "TRUE", "on", "On", "ON", "yes"}) {
    EXPECT_EQ(parse_boolean(text, false), true) << text;
  }
  for (const char* text : {"false", "off", "OFF", "no", "No"}) {
    EXPECT_EQ(parse_boolean(text, false), false) << text;
  }
  for (const char* text : {"", "1", "y", "oN", "tRUE", "offf"}) {
    EXPECT_EQ(parse_boolean(text, false), std::nullopt) << text;
  }
  EXPECT_EQ(parse_boolean("off", true), false);
  EXPECT_EQ(parse_boolean("false", true), std::nullopt);
}

TEST(ScalarSyntaxTest, AFileModeIsOctalHoweverItIsWritten) {
  constexpr FieldInfo kMode = {.name = "mode", .syntax = Syntax::file_mode};
  for (const char* text : {"0660", "660", "0o660"}) {
    EXPECT_EQ(std::get<uint64_t>(*parse_scalar(text, false, kMode)), 0660U) << text;
  }
  for (const char* text : {"", "66", "0o66", "00660", "0680", "-660", "1660"}) {
    EXPECT_FALSE(parse_scalar(text, false, kMode)) << text;
  }
}

TEST(ScalarSyntaxTest, WebOriginsAreWhatABrowserSends) {
  EXPECT_EQ(parse_web_origin("HTTPS://App.Example.com:443"), "https://app.example.com");
  EXPECT_EQ(parse_web_origin("http://localhost:3000"), "http://localhost:3000");
  EXPECT_EQ(parse_web_origin("moz-extension://0a1b-2c3d"), "moz-extension://0a1b-2c3d");
  for (const char* text : {"*", "null", "", "app.example.com", "https://a.example/",
                           "https://u@a.example", "://a", "1a://b", "a://", "a://b/c"}) {
    EXPECT_FALSE(parse_web_origin(text)) << text;
  }
}

TEST(ScalarSyntaxTest, UpgradesThatHideRequestsAreRefused) {
  EXPECT_EQ(parse_upgrade_token("WebSocket"), "websocket");
  EXPECT_EQ(parse_upgrade_token("mqtt/3.1"), "mqtt/3.1");
  for (const char* text : {"h2c", "H2C", "TLS/1.0", "HTTP/2.0", "a b", "", "/1", "a/"}) {
    EXPECT_FALSE(parse_upgrade_token(text)) << text;
  }
}

}  // namespace
}  // namespace trunkd
