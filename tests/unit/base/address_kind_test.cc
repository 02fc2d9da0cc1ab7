// The table of what may not be reached on behalf of somebody else.

#include "base/address_kind.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

using enum AddressKind;

struct Case {
  const char* address;
  AddressKind kind;
};

constexpr Case kCases[] = {
    {"8.8.8.8", global},
    {"1.1.1.1", global},
    {"9.255.255.255", global},
    {"11.0.0.0", global},
    {"172.15.255.255", global},
    {"172.32.0.0", global},
    {"192.167.255.255", global},
    {"192.169.0.0", global},
    {"223.255.255.255", global},
    {"2606:4700::1111", global},
    {"2a00:1450:4001::1", global},
    {"2001:200::1", global},

    {"0.0.0.0", unspecified},
    {"0.1.2.3", unspecified},
    {"::", unspecified},
    {"127.0.0.1", loopback},
    {"127.255.255.255", loopback},
    {"::1", loopback},

    {"10.0.0.0", private_network},
    {"10.255.255.255", private_network},
    {"172.16.0.1", private_network},
    {"172.31.255.255", private_network},
    {"192.168.0.1", private_network},
    {"192.168.255.255", private_network},
    {"fc00::1", private_network},
    {"fdff:ffff::1", private_network},
    {"fec0::1", private_network},
    {"feff::1", private_network},

    {"100.64.0.0", shared},
    {"100.127.255.255", shared},
    {"100.63.255.255", global},
    {"100.128.0.0", global},

    {"169.254.0.1", link_local},
    {"169.254.255.255", link_local},
    {"fe80::1", link_local},
    {"febf::1", link_local},

    {"169.254.169.254", metadata},
    {"169.254.170.2", metadata},
    {"169.254.170.23", metadata},
    {"168.63.129.16", metadata},
    {"168.63.129.17", global},
    {"100.100.100.200", metadata},
    {"192.0.0.192", metadata},
    {"fd00:ec2::254", metadata},
    {"fd00:ec2::23", metadata},
    {"fd20:ce::254", metadata},
    {"fd00:42::42", metadata},
    {"fe80::a9fe:a9fe", metadata},

    {"224.0.0.1", multicast},
    {"239.255.255.255", multicast},
    {"ff02::1", multicast},

    {"192.0.0.1", reserved},
    {"192.0.2.1", reserved},
    {"198.51.100.1", reserved},
    {"203.0.113.1", reserved},
    {"198.18.0.1", reserved},
    {"198.19.255.255", reserved},
    {"192.88.99.1", reserved},
    {"240.0.0.1", reserved},
    {"255.255.255.255", reserved},
    {"2001:db8::1", reserved},
    {"3fff::1", reserved},
    {"2001:2::1", reserved},
    {"100::1", reserved},
    {"5f00::1", reserved},
    {"4000::1", reserved},

    // IPv4 in IPv6: mapped, translated, compatible.
    {"::ffff:10.0.0.1", private_network},
    {"::ffff:127.0.0.1", loopback},
    {"::ffff:169.254.169.254", metadata},
    {"::ffff:0.0.0.0", unspecified},
    {"::ffff:8.8.8.8", global},
    {"::ffff:0:10.0.0.1", private_network},
    {"::10.0.0.1", private_network},
    {"::127.0.0.1", loopback},
    {"::2", unspecified},
    {"::8.8.8.8", global},
    // NAT64 by the well-known prefix, and by one of a network's own.
    {"64:ff9b::10.0.0.1", private_network},
    {"64:ff9b::169.254.169.254", metadata},
    {"64:ff9b::8.8.8.8", global},
    {"64:ff9b:1::8.8.8.8", private_network},
    {"64:ff9b:2::8.8.8.8", reserved},
    // 6to4.
    {"2002:a00:1::1", private_network},
    {"2002:7f00:1::1", loopback},
    {"2002:a9fe:a9fe::1", metadata},
    {"2002:808:808::1", global},
    // Teredo: the server 65.54.227.120, or 10.0.0.1; the client 192.0.2.45, 8.8.8.8, 10.0.0.1.
    {"2001:0:4136:e378:8000:63bf:3fff:fdd2", reserved},
    {"2001:0:4136:e378:8000:63bf:f7f7:f7f7", global},
    {"2001:0:4136:e378:8000:63bf:f5ff:fffe", private_network},
    {"2001:0:a00:1:8000:63bf:f7f7:f7f7", private_network},
};

TEST(AddressKindTest, EveryRangeIsOfItsKindAndSoIsWhatCarriesIt) {
  for (const Case& one : kCases) {
    EXPECT_EQ(name_of(kind_of(*IpAddress::parse(one.address))), name_of(one.kind)) << one.address;
  }
}

TEST(AddressKindTest, TheIPv4AddressThatIsReachedIsFound) {
  const auto carried = [](const char* address) {
    const auto found = carried_ipv4(*IpAddress::parse(address));
    return found ? found->text() : "";
  };
  EXPECT_EQ(carried("::ffff:127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(carried("::127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(carried("64:ff9b::7f00:1"), "127.0.0.1");
  EXPECT_EQ(carried("2002:7f00:1::"), "127.0.0.1");
  EXPECT_EQ(carried("::1"), "");
  EXPECT_EQ(carried("::"), "");
  EXPECT_EQ(carried("2606:4700::1111"), "");
  EXPECT_EQ(carried("127.0.0.1"), "");
}

}  // namespace
}  // namespace trunkd
