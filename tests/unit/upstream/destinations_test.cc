#include "upstream/destinations.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

constexpr ErrorKind kNone = ErrorKind::internal;  // no reason to refuse

class DestinationsTest : public testing::Test {
 protected:
  DestinationsTest() { settings_.public_only = true; }

  std::optional<Error> refuse(const std::string& host, const std::string& address,
                              uint16_t port = 80) {
    const Destinations destinations(
        settings_, [](const SocketAddress& own) { return own.text() == "127.0.0.1:7480"; });
    return destinations.refuse({Scheme::http, host, port}, *SocketAddress::parse(address, port));
  }
  ErrorKind kind(const std::string& host, const std::string& address, uint16_t port = 80) {
    const auto error = refuse(host, address, port);
    return error ? error->kind : kNone;
  }

  DestinationSettings settings_;
};

TEST_F(DestinationsTest, OnlyPublicAddressesAreReachedByASessionForManyHosts) {
  EXPECT_EQ(kind("a.example", "8.8.8.8"), kNone);
  for (const char* address : {"10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
                              "::1", "fd00::1", "fe80::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"}) {
    EXPECT_EQ(kind("a.example", address), ErrorKind::address_refused) << address;
    EXPECT_EQ(kind(address, address), ErrorKind::address_refused) << address;
  }
}

TEST_F(DestinationsTest, ASessionForOneHostReachesEveryAddress) {
  settings_.public_only = false;
  EXPECT_EQ(kind("a.example", "10.0.0.1"), kNone);
  EXPECT_EQ(kind("a.example", "169.254.169.254"), kNone);
}

TEST_F(DestinationsTest, TheReasonNamesTheAddressAndTheSetting) {
  const auto by_name = refuse("a.example", "10.0.0.1");
  EXPECT_EQ(by_name->detail,
            "a.example is at 10.0.0.1, which is an address of a private network; a session for "
            "many hosts reaches it only if the configuration names it");
  EXPECT_EQ(by_name->hint,
            "If it is meant, let the session say allow_private: [a.example], or the network that "
            "it is in.");
  const auto literal = refuse("169.254.169.254", "169.254.169.254");
  EXPECT_EQ(literal->detail,
            "169.254.169.254 is where a cloud gives out credentials; a session for many hosts "
            "reaches it only if the configuration names it");
  EXPECT_NE(literal->hint.find("allow_private: [\"169.254.169.254\"]"), std::string::npos);
}

TEST_F(DestinationsTest, AllowPrivateNamesHostsAddressesAndNetworks) {
  settings_.allow_private_named = {"intranet.example", "*.corp.example", "192.168.1.0/24",
                                   "10.0.0.7", "fd00::/8"};
  EXPECT_EQ(kind("intranet.example", "10.9.9.9"), kNone);
  EXPECT_EQ(kind("www.corp.example", "10.9.9.9"), kNone);
  EXPECT_EQ(kind("corp.example", "10.9.9.9"), ErrorKind::address_refused);
  EXPECT_EQ(kind("badcorp.example", "10.9.9.9"), ErrorKind::address_refused);
  EXPECT_EQ(kind("a.example", "192.168.1.200"), kNone);
  EXPECT_EQ(kind("a.example", "::ffff:192.168.1.200"), kNone);
  EXPECT_EQ(kind("a.example", "192.168.2.1"), ErrorKind::address_refused);
  EXPECT_EQ(kind("10.0.0.7", "10.0.0.7"), kNone);
  EXPECT_EQ(kind("a.example", "fd12::1"), kNone);
  settings_.allow_private = true;
  EXPECT_EQ(kind("a.example", "169.254.169.254"), kNone);
}

TEST_F(DestinationsTest, WhatIsWrittenOutIsNamedAtItsPortsOnly) {
  settings_.named = {{"10.0.0.1", std::nullopt}, {"10.0.0.2", 8080}};
  EXPECT_EQ(kind("10.0.0.1", "10.0.0.1", 443), kNone);
  EXPECT_EQ(kind("10.0.0.1", "10.0.0.1", 22), ErrorKind::address_refused);
  EXPECT_EQ(kind("10.0.0.2", "10.0.0.2", 8080), kNone);
  EXPECT_EQ(kind("10.0.0.2", "10.0.0.2", 80), ErrorKind::address_refused);
  EXPECT_EQ(kind("a.example", "10.0.0.1", 80), ErrorKind::address_refused);  // a name led there
}

TEST_F(DestinationsTest, AHostOfResolveIsNamed) {
  settings_.resolve = {{"a.example", {"10.0.0.1", "fd00::1"}}};
  EXPECT_EQ(kind("a.example", "10.0.0.1"), kNone);
  EXPECT_EQ(kind("b.example", "10.0.0.1"), ErrorKind::address_refused);
  const Destinations destinations(settings_, nullptr);
  ASSERT_NE(destinations.fixed("a.example"), nullptr);
  EXPECT_EQ(destinations.fixed("a.example")->back().host(), "fd00::1");
  EXPECT_EQ(destinations.fixed("b.example"), nullptr);
}

TEST_F(DestinationsTest, OwnListenersAreALoopWhateverIsAllowedAndHoweverTheyAreWritten) {
  settings_.public_only = false;
  settings_.resolve = {{"a.example", {"127.0.0.1"}}};
  for (const char* address : {"127.0.0.1", "::ffff:127.0.0.1", "0.0.0.0", "::127.0.0.1"}) {
    EXPECT_EQ(kind("a.example", address, 7480), ErrorKind::proxy_loop) << address;
    EXPECT_EQ(kind("a.example", address, 7481), kNone) << address;
  }
}

}  // namespace
}  // namespace trunkd
