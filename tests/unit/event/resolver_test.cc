#include "event/resolver.h"

#include <gtest/gtest.h>
#include <optional>

#include "support/test_loop.h"

namespace trunkd {
namespace {

class ResolverTest : public LoopTest {
 protected:
  using Outcome = std::optional<Result<std::vector<SocketAddress>>>;

  std::unique_ptr<Lookup> ask(const std::string& host, Outcome& outcome) {
    return resolver_.resolve(host, 8080, [&](auto found) { outcome.emplace(std::move(found)); });
  }

  Resolver resolver_{loop_};
};

TEST_F(ResolverTest, ALiteralIsAnsweredWithoutALookupButNotFromInside) {
  Outcome outcome;
  const auto lookup = ask("::1", outcome);
  EXPECT_FALSE(outcome);
  run_until([&] { return outcome.has_value(); });
  ASSERT_EQ((*outcome)->size(), 1U);
  EXPECT_EQ((*outcome)->front().text(), "[::1]:8080");
}

TEST_F(ResolverTest, LocalhostIsOurselves) {
  for (const char* name : {"localhost", "shop.localhost"}) {
    Outcome outcome;
    const auto lookup = ask(name, outcome);
    run_until([&] { return outcome.has_value(); }, name);
    ASSERT_TRUE(*outcome) << outcome->error().detail;
    for (const SocketAddress& address : **outcome) {
      EXPECT_TRUE(address.is_loopback());
      EXPECT_EQ(address.port(), 8080);
    }
  }
}

TEST_F(ResolverTest, EqualLookupsAreAnsweredTogetherAndAgainFromMemory) {
  Outcome first, second, third;
  const auto a = ask("localhost", first);
  const auto b = ask("localhost", second);
  run_until([&] { return first && second; });
  const auto c = ask("localhost", third);
  EXPECT_FALSE(third);
  loop_.run_once(loop_.now());
  EXPECT_TRUE(third);
}

TEST_F(ResolverTest, WhatCannotBeANameFails) {
  Outcome outcome;
  const auto lookup = ask(std::string(2000, 'a'), outcome);
  EXPECT_FALSE(outcome);
  run_until([&] { return outcome.has_value(); });
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().kind, ErrorKind::dns_failed);
}

TEST_F(ResolverTest, ADestroyedLookupIsNotAnswered) {
  Outcome abandoned, wanted;
  auto lookup = ask("localhost", abandoned);
  auto literal = ask("127.0.0.1", abandoned);
  lookup.reset();
  literal.reset();
  const auto other = ask("localhost", wanted);
  run_until([&] { return wanted.has_value(); });
  EXPECT_FALSE(abandoned);
}

TEST_F(ResolverTest, OneWhoIsAnsweredMayDestroyAnotherOneWhoWaits) {
  std::unique_ptr<Lookup> second;
  int answers = 0;
  const auto first = resolver_.resolve("localhost", 1, [&](auto) {
    ++answers;
    second.reset();
  });
  second = resolver_.resolve("localhost", 1, [&](auto) { ++answers; });
  run_until([&] { return answers > 0; });
  run_what_is_ready();
  EXPECT_EQ(answers, 1);
}

TEST_F(ResolverTest, AResolverMayEndWhileItsLookupsRun) {
  auto resolver = std::make_unique<Resolver>(loop_);
  auto lookup = resolver->resolve("localhost", 1, [](auto) {});
  resolver.reset();
  lookup.reset();
  run_what_is_ready();
}

}  // namespace
}  // namespace trunkd
