#include "observe/access_line.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>

namespace trunkd {
namespace {

ExchangeRecord complete_record() {
  ExchangeRecord record;
  record.started = WallTime(Duration(1'767'225'600s + 45'296'789ms));  // 2026-01-01 12:34:56.789
  record.request_id = "5f2a";
  record.session = "github";
  record.method = "GET";
  record.scheme = "https";
  record.host = "api.github.com";
  record.path = "/repos/x";
  record.status = 200;
  record.bytes_in = 7;
  record.bytes_out = 1234;
  record.reused = true;
  record.connection_id = 17;
  record.attempts = 1;
  record.queue = 40us;
  record.ttfb = 11'200us;
  record.total = 12'345us;
  return record;
}

std::string text_of(const ExchangeRecord& record) {
  std::string out;
  append_text_line(out, record);
  return out;
}

std::string json_of(const ExchangeRecord& record) {
  std::string out;
  append_json_line(out, record);
  return out;
}

TEST(AccessLineTest, ATextLineReadsFromTimeToRequestId) {
  EXPECT_EQ(text_of(complete_record()),
            "2026-01-01T12:34:56.789Z github GET https://api.github.com /repos/x 200 in=7 out=1234 "
            "total=12.345 queue=0.040 ttfb=11.200 reused=17 id=5f2a\n");
}

TEST(AccessLineTest, ATextLineOfANewConnectionSaysWhatItCost) {
  ExchangeRecord record = complete_record();
  record.reused = false;
  record.dns = 1ms;
  record.connect = 2ms;
  record.tls = 3ms;
  record.attempts = 2;
  EXPECT_NE(
      text_of(record).find(" dns=1.000 connect=2.000 tls=3.000 ttfb=11.200 new=17 attempts=2 "),
      std::string::npos);
}

TEST(AccessLineTest, ATextLineKeepsItsColumnsWhenNothingIsKnown) {
  EXPECT_EQ(text_of(ExchangeRecord{}),
            "1970-01-01T00:00:00.000Z - - - - - in=0 out=0 total=0.000 id=-\n");
}

TEST(AccessLineTest, ATextLineEndsWithTheError) {
  ExchangeRecord record = complete_record();
  record.status = 0;
  record.error = "client_gone";
  EXPECT_TRUE(text_of(record).ends_with(" id=5f2a error=client_gone\n"));
}

TEST(AccessLineTest, InputCannotForgeALineOrAColumn) {
  ExchangeRecord record = complete_record();
  record.path = "/a b\n\"x\\\x01\xff";
  EXPECT_NE(text_of(record).find(R"( /a\x20b\x0a\"x\\\x01\xff 200 )"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(json_of(record))["path"], "/a b\n\"x\\\x01\xef\xbf\xbd");
}

TEST(AccessLineTest, AJsonLineIsOneObjectWithEveryKey) {
  const std::string line = json_of(complete_record());
  EXPECT_EQ(line,
            R"({"time":"2026-01-01T12:34:56.789Z","id":"5f2a","session":"github","method":"GET",)"
            R"("scheme":"https","host":"api.github.com","path":"/repos/x","status":200,)"
            R"("bytes_in":7,"bytes_out":1234,"reused":true,"connection":17,"attempts":1,)"
            R"("queue_ms":0.040,"dns_ms":null,"connect_ms":null,"tls_ms":null,"ttfb_ms":11.200,)"
            R"("total_ms":12.345,"error":null})"
            "\n");
  EXPECT_EQ(nlohmann::json::parse(json_of(ExchangeRecord{})).size(),
            nlohmann::json::parse(line).size());
}

TEST(AccessLineTest, AQueryIsNeverLogged) {
  ExchangeRecord record = complete_record();
  record.path = "/repos/x?token=secret#secret";
  EXPECT_EQ(text_of(record).find("secret"), std::string::npos);
  EXPECT_EQ(json_of(record).find("secret"), std::string::npos);
}

TEST(AccessLineTest, UserInformationOfAnAbsoluteTargetIsNeverLogged) {
  std::string scratch;
  EXPECT_EQ(loggable_path("http://me:secret@h:80/p", scratch), "http://h:80/p");
  EXPECT_EQ(loggable_path("http://a@secret@h", scratch), "http://h");
  EXPECT_EQ(loggable_path("http://h/a@b", scratch), "http://h/a@b");
  EXPECT_EQ(loggable_path("/s/x/http://a@b", scratch), "/s/x/http://a@b");
  EXPECT_EQ(loggable_path("*", scratch), "*");
  EXPECT_EQ(loggable_path("", scratch), "");
}

TEST(AccessLineTest, ALongPathIsCut) {
  std::string scratch;
  EXPECT_EQ(loggable_path(std::string(16'000, 'a'), scratch).size(), 2048u);
}

TEST(AccessLineTest, LostLinesAreToldInTheFormatOfTheLog) {
  std::string text, json;
  append_dropped_line(text, AccessLog::Format::text, WallTime{}, 3);
  append_dropped_line(json, AccessLog::Format::json, WallTime{}, 3);
  EXPECT_EQ(text,
            "1970-01-01T00:00:00.000Z dropped=3 lines: the log was too slow or could not be "
            "written\n");
  EXPECT_EQ(json, "{\"time\":\"1970-01-01T00:00:00.000Z\",\"dropped\":3}\n");
}

TEST(LoggablePathTest, NobodysPasswordIsLogged) {
  std::string scratch;
  EXPECT_EQ(loggable_path("http://u:p@h/a?b", scratch), "http://h/a");
  EXPECT_EQ(loggable_path("/s/x/https/u:p@h/a?b", scratch), "/s/x/https/h/a");
  EXPECT_EQ(loggable_path("/s/x/https/u:p@h", scratch), "/s/x/https/h");
  EXPECT_EQ(loggable_path("/s/x/a@b", scratch), "/s/x/a@b");
  EXPECT_EQ(loggable_path("/a@b/c/d@e", scratch), "/a@b/c/d@e");
}

}  // namespace
}  // namespace trunkd
