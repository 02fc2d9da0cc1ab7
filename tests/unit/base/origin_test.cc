// Origin: how it is written.

#include "base/origin.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(OriginTest, TheSchemesOwnPortIsNotWritten) {
  EXPECT_EQ((Origin{Scheme::http, "example.org", 80}).text(), "http://example.org");
  EXPECT_EQ((Origin{Scheme::https, "example.org", 443}).text(), "https://example.org");
  EXPECT_EQ((Origin{Scheme::https, "example.org", 80}).text(), "https://example.org:80");
  EXPECT_EQ((Origin{Scheme::http, "example.org", 443}).authority(), "example.org:443");
}

TEST(OriginTest, AnIpv6AddressStandsInBrackets) {
  EXPECT_EQ((Origin{Scheme::http, "::1", 8080}).authority(), "[::1]:8080");
  EXPECT_EQ((Origin{Scheme::https, "::1", 443}).text(), "https://[::1]");
}

TEST(OriginTest, SchemeHostAndPortMakeTheOrigin) {
  const Origin origin{Scheme::http, "a", 80};
  EXPECT_EQ(origin, (Origin{Scheme::http, "a", 80}));
  EXPECT_NE(origin, (Origin{Scheme::https, "a", 80}));
  EXPECT_NE(origin, (Origin{Scheme::http, "b", 80}));
  EXPECT_NE(origin, (Origin{Scheme::http, "a", 81}));
}

TEST(OriginTest, ATunnelIsAnOriginOfItsOwnAndAlwaysNamesItsPort) {
  const Origin tunnel{Scheme::tunnel, "a.example", 443};
  EXPECT_FALSE(tunnel.secure());
  EXPECT_NE(tunnel, (Origin{Scheme::https, "a.example", 443}));
  EXPECT_EQ(tunnel.text(), "a.example:443");
}

}  // namespace
}  // namespace trunkd
