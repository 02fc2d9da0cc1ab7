#include "config/listen_address.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

using Kind = ListenAddress::Kind;

ListenAddress address(std::string_view text) {
  const auto parsed = parse_listen_address(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(ListenAddress{});
}

TEST(ListenAddressTest, AnAddressReadsBackAsItIsPrinted) {
  for (const char* text :
       {"0", "8101", "127.0.0.1:0", "0.0.0.0:80", "[::1]:8101", "[::]:8101", "unix:/run/a.sock"}) {
    EXPECT_EQ(address(text).text(), text);
  }
  EXPECT_EQ(address("8101").kind, Kind::loopback_port);
  EXPECT_EQ(address("127.0.0.1:8101").kind, Kind::tcp);
  EXPECT_EQ(address("[0:0::1]:1").host, "::1");
  EXPECT_EQ(address("localhost:8101"), address("8101"));
}

TEST(ListenAddressTest, WhatIsNoAddressIsRefused) {
  for (const char* text :
       {"", ":80", "*:80", "65536", "-1", "a.example:80", "::1:80", "[::1]", "[127.0.0.1]:80",
        "127.1:80", "127.0.0.1:", "unix:", "unix:a.sock", "127.0.0.1:80:80"}) {
    EXPECT_FALSE(parse_listen_address(text)) << text;
  }
  EXPECT_TRUE(parse_socket_path('/' + std::string(kMaxSocketPath - 1, 'a')));
  EXPECT_FALSE(parse_socket_path('/' + std::string(kMaxSocketPath, 'a')));
}

TEST(ListenAddressTest, LocalIsWhatOtherMachinesCannotReach) {
  for (const char* text : {"80", "127.0.0.1:80", "127.9.9.9:80", "[::1]:80", "unix:/a"}) {
    EXPECT_TRUE(is_local(address(text))) << text;
  }
  for (const char* text : {"0.0.0.0:80", "[::]:80", "10.0.0.1:80", "[::ffff:127.0.0.1]:80"}) {
    EXPECT_FALSE(is_local(address(text))) << text;
  }
}

TEST(ListenAddressTest, AddressesOverlapIfTheSecondCouldNotBeOpened) {
  const auto both = [](std::string_view a, std::string_view b) {
    EXPECT_EQ(overlap(address(a), address(b)), overlap(address(b), address(a)));
    return overlap(address(a), address(b));
  };
  EXPECT_TRUE(both("80", "80"));
  EXPECT_TRUE(both("80", "127.0.0.1:80"));
  EXPECT_TRUE(both("80", "[::1]:80"));
  EXPECT_TRUE(both("80", "0.0.0.0:80"));
  EXPECT_TRUE(both("127.0.0.2:80", "0.0.0.0:80"));
  EXPECT_TRUE(both("[::1]:80", "[::]:80"));
  EXPECT_TRUE(both("unix:/a", "unix:/a"));
  EXPECT_FALSE(both("80", "81"));
  EXPECT_FALSE(both("0", "0"));
  EXPECT_FALSE(both("80", "127.0.0.2:80"));
  EXPECT_FALSE(both("127.0.0.1:80", "[::1]:80"));
  EXPECT_FALSE(both("0.0.0.0:80", "[::]:80"));
  EXPECT_FALSE(both("unix:/a", "unix:/b"));
  EXPECT_FALSE(both("unix:/a", "80"));
}

}  // namespace
}  // namespace trunkd
