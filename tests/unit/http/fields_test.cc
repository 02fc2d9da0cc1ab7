#include "http/fields.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(FieldsTest, HopByHopFieldsAreKnownWithoutCase) {
  for (const std::string_view name :
       {"connection", "KEEP-ALIVE", "Proxy-Connection", "te", "Trailer", "Transfer-Encoding",
        "Upgrade", "HTTP2-Settings", "Proxy-Authorization", "Proxy-Authenticate",
        "Proxy-Authentication-Info"}) {
    EXPECT_TRUE(is_hop_by_hop(name)) << name;
  }
  for (const std::string_view name :
       {"Content-Length", "Host", "Via", "T", "", "Connections", "XE"}) {
    EXPECT_FALSE(is_hop_by_hop(name)) << name;
  }
}

TEST(FieldsTest, ConnectionListsOptionsOverSeveralFields) {
  Headers headers;
  headers.add("Connection", "close , X-One,, \t");
  headers.add("connection", "UPGRADE, x-two");
  const ConnectionOptions options(headers);
  EXPECT_TRUE(options.close());
  EXPECT_TRUE(options.upgrade());
  EXPECT_FALSE(options.keep_alive());
  EXPECT_TRUE(options.lists("x-one"));
  EXPECT_TRUE(options.lists("X-Two"));
  EXPECT_FALSE(options.lists("X-Three"));
  EXPECT_FALSE(options.lists(""));
}

TEST(FieldsTest, AKeepAliveFieldSaysHowLongAnIdleConnectionIsKept) {
  const auto timeout = [](std::string_view value) {
    Headers headers;
    headers.add("Keep-Alive", value);
    return keep_alive_timeout(headers);
  };
  EXPECT_EQ(timeout("timeout=5, max=100"), 5s);
  EXPECT_EQ(timeout("max=100, Timeout=60"), 60s);
  EXPECT_EQ(timeout("timeout=99999999999999999"), 24h);
  for (const char* nothing :
       {"", "max=3", "timeout", "timeout=", "timeout=-1", "timeout=5s", "300"}) {
    EXPECT_EQ(timeout(nothing), 0s) << nothing;
  }
  EXPECT_EQ(keep_alive_timeout(Headers()), 0s);
}

TEST(FieldsTest, ASenderCannotHaveTheFieldsRemovedThatGiveAMessageItsMeaning) {
  Headers headers;
  headers.add("Connection", "Host, Content-Length, Authorization, Cookie, Cache-Control, X-Own");
  const ConnectionOptions options(headers);
  EXPECT_FALSE(options.lists("Host"));
  EXPECT_FALSE(options.lists("content-length"));
  EXPECT_FALSE(options.lists("Authorization"));
  EXPECT_FALSE(options.lists("Cookie"));
  EXPECT_FALSE(options.lists("Cache-Control"));
  EXPECT_TRUE(options.lists("X-Own"));
}

TEST(FieldsTest, TokensAndValues) {
  EXPECT_TRUE(is_token("X-a_1!"));
  EXPECT_FALSE(is_token(""));
  EXPECT_FALSE(is_token("a b"));
  EXPECT_FALSE(is_token("a:"));
  EXPECT_FALSE(is_token("\xc3\xa9"));
  EXPECT_TRUE(is_field_value(""));
  EXPECT_TRUE(is_field_value("a\tb \xff"));
  EXPECT_FALSE(is_field_value("a\r\nb"));
  EXPECT_FALSE(is_field_value(std::string_view("a\0b", 3)));
  EXPECT_FALSE(is_field_value("\x7f"));
}

TEST(FieldsTest, IdempotentMethodsMayBeSentAgain) {
  for (const std::string_view method : {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}) {
    EXPECT_TRUE(is_idempotent(method)) << method;
  }
  for (const std::string_view method : {"POST", "PATCH", "CONNECT", "get", "LOCK", ""}) {
    EXPECT_FALSE(is_idempotent(method)) << method;
  }
}

TEST(FieldsTest, FieldsThatFrameRouteOrAuthenticateAreNoTrailers) {
  for (const std::string_view name :
       {"Transfer-Encoding", "content-length", "Host", "Authorization", "Set-Cookie", "Trailer",
        "Connection", "Trunkd-Session"}) {
    EXPECT_TRUE(is_forbidden_trailer(name)) << name;
  }
  EXPECT_FALSE(is_forbidden_trailer("Digest"));
  EXPECT_FALSE(is_forbidden_trailer("grpc-status"));
}

}  // namespace
}  // namespace trunkd
