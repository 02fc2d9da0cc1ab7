#include "session/response_dresser.h"

#include <gtest/gtest.h>

#include "routing_fixture.h"

namespace trunkd {
namespace {

class ResponseDresserTest : public testing::Test {
 protected:
  std::string dressed(std::string_view name, std::string_view value) {
    Headers headers;
    headers.add(name, value);
    ResponseDressing dressing{session_, route_, "localhost", nullptr, credential_.get()};
    dressing.has_jar = has_jar_;
    std::string out;
    append_downstream_fields(out, headers, dressing);
    return out;
  }

  SessionConfig session_ = single_host("shop", {Scheme::https, "shop.test", 443}, "/v1");
  Route route_{0, session_.origin, "/v1/a?page=1", {}};
  std::unique_ptr<Credential> credential_;
  bool has_jar_ = false;
};

TEST_F(ResponseDresserTest, WithAJarTheClientGetsNoSetCookie) {
  EXPECT_EQ(dressed("Set-Cookie", "a=1; Secure"), "Set-Cookie: a=1\r\n");
  has_jar_ = true;
  EXPECT_EQ(dressed("set-cookie", "a=1; Secure"), "");
  EXPECT_EQ(dressed("Location", "/v1/b"), "Location: /b\r\n");
}

TEST_F(ResponseDresserTest, TheCredentialsParameterIsCutOutOfEveryUrl) {
  session_.auth.kind = AuthConfig::Kind::query;
  session_.auth.name = "key";
  credential_ =
      std::make_unique<Credential>(session_, std::make_unique<FixedSecret>(std::string("canary")));
  const struct {
    const char *name, *value, *seen;
  } rows[] = {
      {"Location", "/v1/b?key=canary&x=1", "/b?x=1"},
      {"Location", "?key=canary", "/a"},
      {"Location", "https://shop.test/v2?key=canary#k", "https://shop.test/v2#k"},
      {"Location", "HTTPS://Else.test/?key=canary", "https://else.test/"},
      {"Location", "HTTPS://Else.test/?key=theirs", "HTTPS://Else.test/?key=theirs"},
      {"Location", "app://login?key=canary", "app://login"},
      {"Location", "https://u:p@shop.test/v1?key=canary&y", "https://u:p@shop.test/v1?y"},
      {"Location", "#part", "/a?page=1#part"},
      {"Content-Location", "/v1/b?x=1&key=canary", "/b?x=1"},
      {"Refresh", "5; url=/v1/b?key=canary", "5; url=/b"},
      {"Link", "</v1/b?page=2&key=canary>; rel=next, <//else.test/?key=canary>",
       "</b?page=2>; rel=next, <https://else.test/>"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(dressed(row.name, row.value), row.name + std::string(": ") + row.seen + "\r\n");
  }
}

}  // namespace
}  // namespace trunkd
