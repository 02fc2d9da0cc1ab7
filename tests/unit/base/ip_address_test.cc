#include "base/ip_address.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(IpAddressTest, ReadsTheUsualSpellingsAndNothingElse) {
  EXPECT_EQ(IpAddress::parse("192.0.2.1")->text(), "192.0.2.1");
  EXPECT_EQ(IpAddress::parse("2001:DB8:0::1")->text(), "2001:db8::1");
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.1")->text(), "::ffff:192.0.2.1");
  for (const char* text : {"", "1.2.3", "0x7f.1", "0177.0.0.1", "2130706433", "1.2.3.4 ", "[::1]",
                           "fe80::1%eth0", "1.2.3.4/8", "a.example"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
  EXPECT_FALSE(IpAddress::parse(std::string_view("127.0.0.1\0x", 11)));
  EXPECT_FALSE(IpAddress::parse(std::string(100, '1')));
}

TEST(IpNetworkTest, ContainsWhatBeginsWithItsBits) {
  const auto contains = [](const char* network, const char* address) {
    return IpNetwork::parse(network)->contains(*IpAddress::parse(address));
  };
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("172.16.0.0/12", "172.31.255.255"));
  EXPECT_FALSE(contains("172.16.0.0/12", "172.32.0.0"));
  EXPECT_TRUE(contains("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(contains("192.0.2.7", "192.0.2.6"));
  EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
  EXPECT_TRUE(contains("fc00::/7", "fdff::1"));
  EXPECT_FALSE(contains("fc00::/7", "fe00::1"));
  EXPECT_FALSE(contains("0.0.0.0/0", "::1"));
  EXPECT_FALSE(contains("::/0", "192.0.2.1"));
}

TEST(IpNetworkTest, BitsBehindThePrefixAreRefusedSinceItIsNotClearWhatIsMeant) {
  EXPECT_FALSE(IpNetwork::parse("10.0.0.1/8"));
  EXPECT_FALSE(IpNetwork::parse("fd00::1/8"));
  EXPECT_TRUE(IpNetwork::parse("10.0.0.1/32"));
}

TEST(IpNetworkTest, RefusesWhatIsNoNetwork) {
  for (const char* text : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1",
                           "10.0.0.0/8/8", "10.0.0.0/ 8", "10/8"}) {
    EXPECT_FALSE(IpNetwork::parse(text)) << text;
  }
}

TEST(IpNetworkTest, IsWrittenAsItIsRead) {
  for (const char* text : {"10.0.0.0/8", "192.0.2.7", "fd00::/8", "::1", "::/0"}) {
    EXPECT_EQ(IpNetwork::parse(text)->text(), text);
  }
  EXPECT_EQ(IpNetwork::parse("192.0.2.7/32")->text(), "192.0.2.7");
}

}  // namespace
}  // namespace trunkd
