#include "event/resolver.h"

#include <gtest/gtest.h>
#include <optional>

#include "support/test_loop.h"

namespace trunkd {
namespace {

class ResolverTest : public LoopTest {
 protected:
  using Outcome = std::optional<Result<Addresses>>;

  std::unique_ptr<Lookup> ask(const std::string& host, Outcome& outcome) {
    return resolver_.look_up(host, [&](auto found) { outcome.emplace(std::move(found)); });
  }

  Resolver resolver_{loop_};
};

TEST_F(ResolverTest, LocalhostIsOurselves) {
  for (const char* name : {"localhost", "shop.localhost"}) {
    Outcome outcome;
    const auto lookup = ask(name, outcome);
    EXPECT_FALSE(outcome);
    run_until([&] { return outcome.has_value(); }, name);
    ASSERT_TRUE(*outcome) << outcome->error().detail;
    EXPECT_EQ((*outcome)->size(), 2u);
    for (const SocketAddress& address : **outcome) {
      EXPECT_TRUE(address.is_loopback());
      EXPECT_EQ(address.port(), 0);
    }
  }
}

TEST_F(ResolverTest, WhatCannotBeANameHasNoAddress) {
  Outcome outcome;
  const auto lookup = ask(std::string(2000, 'a'), outcome);
  EXPECT_FALSE(outcome);
  run_until([&] { return outcome.has_value(); });
  if (*outcome) {
    EXPECT_TRUE((*outcome)->empty());
  } else {
    EXPECT_EQ(outcome->error().kind, ErrorKind::dns_failed);
  }
}

TEST_F(ResolverTest, ADestroyedLookupIsNotAnswered) {
  Outcome abandoned, wanted;
  auto lookup = ask("localhost", abandoned);
  lookup.reset();
  const auto other = ask("localhost", wanted);
  run_until([&] { return wanted.has_value(); });
  EXPECT_FALSE(abandoned);
}

TEST_F(ResolverTest, ALookupMayBeDestroyedInItsOwnAnswer) {
  bool answered = false;
  std::unique_ptr<Lookup> lookup;
  lookup = resolver_.look_up("localhost", [&](auto) {
    answered = true;
    lookup.reset();
  });
  run_until([&] { return answered; });
}

TEST_F(ResolverTest, AResolverMayEndWhileItsLookupsRun) {
  auto resolver = std::make_unique<Resolver>(loop_);
  auto lookup = resolver->look_up("localhost", [](auto) {});
  resolver.reset();
  lookup.reset();
  run_what_is_ready();
}

}  // namespace
}  // namespace trunkd
