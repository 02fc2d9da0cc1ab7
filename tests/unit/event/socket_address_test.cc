#include "event/socket_address.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(SocketAddressTest, LiteralsOfBothFamiliesAreReadAndWritten) {
  const auto ipv4 = SocketAddress::parse("192.0.2.7", 80);
  ASSERT_TRUE(ipv4);
  EXPECT_FALSE(ipv4->is_ipv6());
  EXPECT_EQ(ipv4->text(), "192.0.2.7:80");
  const auto ipv6 = SocketAddress::parse("2001:DB8:0::1", 443);
  ASSERT_TRUE(ipv6);
  EXPECT_TRUE(ipv6->is_ipv6());
  EXPECT_EQ(ipv6->host(), "2001:db8::1");
  EXPECT_EQ(ipv6->text(), "[2001:db8::1]:443");
}

TEST(SocketAddressTest, WhatIsNoLiteralIsNotAnAddress) {
  for (const std::string_view text :
       {"example.org", "", "127.1", "0x7f.0.0.1", "[::1]", "1.2.3.4."}) {
    EXPECT_FALSE(SocketAddress::parse(text, 1)) << text;
  }
  EXPECT_FALSE(SocketAddress::parse(std::string_view("127.0.0.1\0x", 11), 1));
}

TEST(SocketAddressTest, LoopbackIsKnownInAllItsForms) {
  for (const std::string_view text : {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(SocketAddress::parse(text, 1)->is_loopback()) << text;
  }
  for (const std::string_view text : {"128.0.0.1", "0.0.0.0", "::", "::2", "::ffff:10.0.0.1"}) {
    EXPECT_FALSE(SocketAddress::parse(text, 1)->is_loopback()) << text;
  }
}

TEST(SocketAddressTest, AnotherPortIsAnotherAddress) {
  const auto address = SocketAddress::parse("::1", 80)->with_port(8080);
  EXPECT_EQ(address.text(), "[::1]:8080");
}

TEST(SocketAddressTest, EqualIsTheSameAddressAndPort) {
  const auto address = [](const char* host, uint16_t port) {
    return *SocketAddress::parse(host, port);
  };
  EXPECT_EQ(address("192.0.2.1", 80), address("192.0.2.1", 80));
  EXPECT_EQ(address("2001:db8::1", 80), address("2001:db8:0::1", 80));
  EXPECT_NE(address("192.0.2.1", 80), address("192.0.2.1", 81));
  EXPECT_NE(address("192.0.2.1", 80), address("192.0.2.2", 80));
  EXPECT_NE(address("192.0.2.1", 80), address("::ffff:192.0.2.1", 80));
  EXPECT_NE(address("2001:db8::1", 80), address("2001:db8::2", 80));
}

}  // namespace
}  // namespace trunkd
