#include "net/address_cache.h"

#include <array>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <vector>

#include "support/fake_loop.h"

namespace trunkd {
namespace {

Addresses addresses(const std::vector<std::string>& texts) {
  Addresses all;
  for (const std::string& text : texts) all.push_back(*SocketAddress::parse(text, 0));
  return all;
}

// Lookups that the test answers by hand.
class FakeLookup final : public NameLookup {
 public:
  std::unique_ptr<Lookup> look_up(const std::string& host, Done done) override {
    ++asked;
    pending_.emplace(host, std::move(done));
    return std::make_unique<Lookup>();
  }

  void answer(const std::string& host, Result<Addresses> found) {
    const auto pending = pending_.extract(host);
    ASSERT_FALSE(pending.empty()) << "nobody asks for " << host;
    pending.mapped()(std::move(found));
  }
  void answer(const std::string& host, const std::vector<std::string>& found) {
    answer(host, Result<Addresses>(addresses(found)));
  }
  void fail(const std::string& host) {
    answer(host, failure(ErrorKind::dns_failed, "looking up " + host + ": no answer"));
  }
  size_t pending() const { return pending_.size(); }

  int asked = 0;

 private:
  std::map<std::string, Done> pending_;
};

class AddressCacheTest : public testing::Test {
 protected:
  // What has been answered so far: "192.0.2.1 192.0.2.2", "!" for an error, "" for nothing yet.
  using Answer = std::shared_ptr<std::string>;

  Answer ask(const std::string& host = "shop", const void* asker = nullptr) {
    auto answer = std::make_shared<std::string>();
    const auto done = [answer](Result<Addresses> found) {
      *answer = found ? "" : "!" + found.error().detail;
      if (!found) return;
      for (const SocketAddress& address : *found) {
        EXPECT_EQ(address.port(), 80);
        *answer += (answer->empty() ? "" : " ") + address.host();
      }
    };
    lookups_.push_back(cache_.resolve(host, 80, done, asker));
    EXPECT_EQ(*answer, "") << "answered from inside";
    loop_.run();
    return answer;
  }
  void known(const std::vector<std::string>& found) {
    ask();
    lookup_.answer("shop", found);
    loop_.run();
  }
  // A connection to that address; counts how often it hears that the address is gone.
  std::unique_ptr<AddressWatch> watch(const std::string& address, int& gone) {
    return cache_.watch("shop", *SocketAddress::parse(address, 443), [&gone] { ++gone; });
  }
  // The next lookup in the background, after `time`.
  void refreshed_after(Duration time, const std::vector<std::string>& found) {
    EXPECT_EQ(lookup_.pending(), 0U);
    loop_.advance(time);
    lookup_.answer("shop", found);
    loop_.run();
  }

  FakeLoop loop_;
  FakeLookup lookup_;
  std::vector<std::string> warnings_;
  AddressCache cache_{loop_, lookup_, [this](auto text) { warnings_.emplace_back(text); }};
  std::vector<std::unique_ptr<Lookup>> lookups_;
};

TEST_F(AddressCacheTest, EqualQuestionsAtTheSameTimeAreOneAndAreRemembered) {
  const Answer a = ask(), b = ask();
  EXPECT_EQ(lookup_.asked, 1);
  lookup_.answer("shop", {"192.0.2.1", "192.0.2.2"});
  loop_.run();
  EXPECT_EQ(*a, "192.0.2.1 192.0.2.2");
  EXPECT_EQ(*b, *a);
  loop_.advance(22s);
  EXPECT_EQ(*ask(), *a);
  EXPECT_EQ(lookup_.asked, 1);
}

TEST_F(AddressCacheTest, AnAnswerInUseIsRefreshedBeforeItsLifeEndsAndNobodyWaits) {
  known({"192.0.2.1"});
  loop_.advance(23s);
  EXPECT_EQ(*ask(), "192.0.2.1");
  EXPECT_EQ(lookup_.asked, 2);
  EXPECT_EQ(*ask(), "192.0.2.1");
  EXPECT_EQ(lookup_.asked, 2);
  lookup_.answer("shop", {"192.0.2.9"});
  EXPECT_EQ(*ask(), "192.0.2.9");
}

TEST_F(AddressCacheTest, AnAnswerThatNobodyUsesIsNotRefreshed) {
  known({"192.0.2.1"});
  loop_.advance(10min);
  EXPECT_EQ(lookup_.asked, 1);
}

// After a long rest an old address may be somebody else's.
TEST_F(AddressCacheTest, ANewAnswerIsWaitedForWhenTheOldOneHasOutlivedItself) {
  known({"192.0.2.1"});
  loop_.advance(31s);
  const Answer waits = ask();
  EXPECT_EQ(*waits, "");
  lookup_.answer("shop", {"192.0.2.9"});
  loop_.run();
  EXPECT_EQ(*waits, "192.0.2.9");
}

TEST_F(AddressCacheTest, ButNotForLongAndNotAgain) {
  known({"192.0.2.1"});
  loop_.advance(31s);
  const Answer waits = ask();
  loop_.advance(499ms);
  EXPECT_EQ(*waits, "");
  loop_.advance(1ms);
  EXPECT_EQ(*waits, "192.0.2.1");
  EXPECT_EQ(*ask(), "192.0.2.1");
  lookup_.answer("shop", {"192.0.2.9"});
  EXPECT_EQ(*ask(), "192.0.2.9");
}

TEST_F(AddressCacheTest, OldAnswersServeWhileLookupsFailAndThatIsSaidOnce) {
  known({"192.0.2.1"});
  loop_.advance(31s);
  const Answer waits = ask();
  lookup_.fail("shop");
  loop_.run();
  EXPECT_EQ(*waits, "192.0.2.1");
  for (int i = 0; i < 5; ++i) {
    loop_.advance(1min);
    EXPECT_EQ(*ask(), "192.0.2.1");
    lookup_.fail("shop");
  }
  ASSERT_EQ(warnings_.size(), 1U);
  EXPECT_EQ(warnings_[0],
            "looking up shop: no answer; the addresses that are known serve on, each for an hour "
            "at most");

  loop_.advance(1s);
  ask();
  lookup_.answer("shop", {"192.0.2.1"});
  loop_.advance(23s);
  ask();
  lookup_.fail("shop");
  EXPECT_EQ(warnings_.size(), 2U);  // another outage
}

TEST_F(AddressCacheTest, WhileLookupsFailTheyAreTriedAtMostOnceASecond) {
  known({"192.0.2.1"});
  loop_.advance(23s);
  ask();
  lookup_.fail("shop");
  const int before = lookup_.asked;
  ask();
  loop_.advance(999ms);
  ask();
  EXPECT_EQ(lookup_.asked, before);
  loop_.advance(1ms);
  ask();
  EXPECT_EQ(lookup_.asked, before + 1);
}

TEST_F(AddressCacheTest, AnOldAnswerServesForAnHourAtMost) {
  known({"192.0.2.1"});
  loop_.advance(59min);
  ask();
  lookup_.fail("shop");
  EXPECT_EQ(*ask(), "192.0.2.1");
  loop_.advance(1min);
  const Answer waits = ask();
  EXPECT_EQ(*waits, "");
  lookup_.fail("shop");
  loop_.run();
  EXPECT_EQ(*waits, "!looking up shop: no answer");
}

TEST_F(AddressCacheTest, ThatThereIsNoSuchNameIsRememberedForASecond) {
  const Answer no = ask();
  lookup_.answer("shop", std::vector<std::string>{});
  loop_.run();
  EXPECT_EQ(*no, "!looking up shop: there is no such host name");
  EXPECT_EQ(*ask(), *no);
  EXPECT_EQ(lookup_.asked, 1);
  loop_.advance(1s);
  EXPECT_EQ(*ask(), "");
  EXPECT_EQ(lookup_.asked, 2);
}

TEST_F(AddressCacheTest, ANameThatIsGoneIsGoneAtOnce) {
  known({"192.0.2.1"});
  loop_.advance(23s);
  ask();
  lookup_.answer("shop", std::vector<std::string>{});
  EXPECT_EQ(*ask(), "!looking up shop: there is no such host name");
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(AddressCacheTest, AnAddressNeedsNoLookupAndNeverExpires) {
  EXPECT_EQ(*ask("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(lookup_.asked, 0);
  int gone = 0;
  EXPECT_EQ(cache_.watch("192.0.2.1", *SocketAddress::parse("192.0.2.1", 80), [&] { ++gone; }),
            nullptr);
  std::string answered;
  const auto fixed = cache_.answer(addresses({"192.0.2.7"}), 8080, [&](Result<Addresses> found) {
    answered = found->front().text();
  });
  EXPECT_EQ(answered, "");
  loop_.run();
  EXPECT_EQ(answered, "192.0.2.7:8080");
}

TEST_F(AddressCacheTest, AnAskerHasTwoLookupsAtOnceAndTheOthersWaitForThem) {
  for (const char* host : {"a", "b", "c", "d"}) ask(host);
  EXPECT_EQ(lookup_.asked, 2);
  lookups_.erase(lookups_.begin() + 2);  // of "c"
  lookup_.answer("a", {"192.0.2.1"});
  EXPECT_EQ(lookup_.asked, 3);
  lookup_.answer("d", {"192.0.2.1"});
}

TEST_F(AddressCacheTest, OneWhoseLookupsHangDelaysNobodyElse) {
  for (const char* host : {"a", "b", "c"}) ask(host);
  const int another = 0;
  const Answer answer = ask("shop", &another);
  EXPECT_EQ(lookup_.asked, 3);
  lookup_.answer("shop", {"192.0.2.1"});
  loop_.run();
  EXPECT_EQ(*answer, "192.0.2.1");
}

TEST_F(AddressCacheTest, ThereAreEightLookupsAtOnceAtMost) {
  const std::array<int, 5> askers{};
  for (const int& asker : askers) {
    for (int i = 0; i < 3; ++i) {
      ask(std::to_string(&asker - askers.data()) + std::to_string(i), &asker);
    }
  }
  EXPECT_EQ(lookup_.asked, 8);
  lookup_.answer("00", {"192.0.2.1"});
  EXPECT_EQ(lookup_.asked, 9);
}

TEST_F(AddressCacheTest, WhatIsToBeRenewedIsAskedForAnewByTheNext) {
  known({"192.0.2.1"});
  EXPECT_EQ(*ask(), "192.0.2.1");
  cache_.renew("shop");
  const Answer answer = ask();
  EXPECT_EQ(*answer, "") << "the new one is waited for";
  lookup_.answer("shop", {"192.0.2.2"});
  loop_.run();
  EXPECT_EQ(*answer, "192.0.2.2");
  EXPECT_EQ(*ask(), "192.0.2.2");
}

TEST_F(AddressCacheTest, AnAnswerToAQuestionFromBeforeTheRenewalIsNotNewEnough) {
  known({"192.0.2.1"});
  loop_.advance(29s);
  ask();  // answered at once; asks anew in the background
  loop_.advance(1ms);
  cache_.renew("shop");
  lookup_.answer("shop", {"192.0.2.1"});
  const Answer answer = ask();
  EXPECT_EQ(*answer, "");
  lookup_.answer("shop", {"192.0.2.2"});
  loop_.run();
  EXPECT_EQ(*answer, "192.0.2.2");
}

TEST_F(AddressCacheTest, WhileTheRenewalHangsTheOldAnswerServes) {
  known({"192.0.2.1"});
  cache_.renew("shop");
  const Answer answer = ask();
  loop_.advance(500ms);
  EXPECT_EQ(*answer, "192.0.2.1");
}

TEST_F(AddressCacheTest, OneWhoIsAnsweredMayDestroyAnotherOneWhoWaits) {
  std::unique_ptr<Lookup> second;
  int answers = 0;
  const auto first = cache_.resolve("shop", 1, [&](auto) {
    ++answers;
    second.reset();
  });
  second = cache_.resolve("shop", 1, [&](auto) { ++answers; });
  lookup_.answer("shop", {"192.0.2.1"});
  loop_.run();
  EXPECT_EQ(answers, 1);
}

TEST_F(AddressCacheTest, OfTooManyHostsTheOneThatWasUsedLeastRecentlyIsForgotten) {
  AddressCacheSettings settings;
  settings.max_hosts = 3;
  AddressCache cache(loop_, lookup_, {}, settings);
  const auto look_up = [&](const std::string& host) {
    const int before = lookup_.asked;
    const auto lookup = cache.resolve(host, 80, [](auto) {});
    if (lookup_.asked > before) lookup_.answer(host, {"192.0.2.1"});
    loop_.advance(1ms);
    return lookup_.asked > before;
  };
  for (const char* host : {"a", "b", "c"}) EXPECT_TRUE(look_up(host));
  EXPECT_FALSE(look_up("a"));
  const auto in_use = cache.watch("c", *SocketAddress::parse("192.0.2.1", 0), [] {});
  EXPECT_TRUE(look_up("d"));  // in place of b
  EXPECT_TRUE(look_up("e"));  // in place of a; c is in use
  EXPECT_EQ(cache.hosts(), 3U);
  EXPECT_FALSE(look_up("c"));
  EXPECT_TRUE(look_up("b"));
}

// --- addresses that connections are at

TEST_F(AddressCacheTest, WhileAConnectionIsThereItsHostIsKeptFreshWithoutAQuestion) {
  known({"192.0.2.1"});
  int gone = 0;
  auto connection = watch("192.0.2.1", gone);
  for (int i = 0; i < 5; ++i) refreshed_after(22500ms, {"192.0.2.1"});
  EXPECT_EQ(gone, 0);
  connection.reset();
  const int before = lookup_.asked;
  loop_.advance(10min);
  EXPECT_EQ(lookup_.asked, before);
}

TEST_F(AddressCacheTest, AnAddressThatTwoAgreeingAnswersLackIsGoneWithinOneLife) {
  known({"192.0.2.1"});
  int gone = 0;
  const auto connection = watch("192.0.2.1", gone);
  refreshed_after(22500ms, {"192.0.2.9"});
  EXPECT_EQ(gone, 0);
  refreshed_after(3s, {"192.0.2.9"});
  EXPECT_EQ(gone, 1);
  refreshed_after(22500ms, {"192.0.2.9"});
  EXPECT_EQ(gone, 1);
}

TEST_F(AddressCacheTest, AnAddressThatComesBackIsNotGone) {
  known({"192.0.2.1"});
  int gone = 0;
  const auto connection = watch("192.0.2.1", gone);
  refreshed_after(22500ms, {"192.0.2.9"});
  refreshed_after(3s, {"192.0.2.1", "192.0.2.9"});
  refreshed_after(22500ms, {"192.0.2.9"});
  EXPECT_EQ(gone, 0);
  refreshed_after(3s, {"192.0.2.9"});
  EXPECT_EQ(gone, 1);
}

// Each answer is another part of a large set.
TEST_F(AddressCacheTest, RotatingAnswersDoNotReplaceAllConnections) {
  known({"192.0.2.1", "192.0.2.2"});
  int gone = 0;
  const auto connection = watch("192.0.2.1", gone);
  refreshed_after(22500ms, {"192.0.2.3", "192.0.2.4"});
  refreshed_after(3s, {"192.0.2.5", "192.0.2.6"});
  refreshed_after(22500ms, {"192.0.2.7", "192.0.2.8"});
  refreshed_after(22500ms, {"192.0.2.1", "192.0.2.2"});
  EXPECT_EQ(gone, 0);
}

TEST_F(AddressCacheTest, ButAnAddressThatStaysAwayFromEightAnswersIsGone) {
  known({"192.0.2.1"});
  int gone = 0;
  const auto connection = watch("192.0.2.1", gone);
  for (int i = 2; i <= 8; ++i) {
    refreshed_after(i == 3 ? Duration(3s) : Duration(22500ms), {"192.0.2." + std::to_string(i)});
  }
  EXPECT_EQ(gone, 0);
  refreshed_after(22500ms, {"192.0.2.99"});
  EXPECT_EQ(gone, 1);
}

TEST_F(AddressCacheTest, TheOrderOfAnAnswerDoesNotMatter) {
  known({"192.0.2.1", "192.0.2.2"});
  int gone = 0;
  const auto connection = watch("192.0.2.2", gone);
  refreshed_after(22500ms, {"192.0.2.2", "192.0.2.1"});
  refreshed_after(22500ms, {"192.0.2.1", "192.0.2.2"});
  EXPECT_EQ(gone, 0);
}

TEST_F(AddressCacheTest, AFailedLookupTakesNoAddressAwayAndIsRepeatedSoon) {
  known({"192.0.2.1"});
  int gone = 0;
  const auto connection = watch("192.0.2.1", gone);
  loop_.advance(22500ms);
  for (int i = 0; i < 20; ++i) {
    lookup_.fail("shop");
    loop_.advance(7500ms);
  }
  EXPECT_EQ(gone, 0);
}

TEST_F(AddressCacheTest, CountsWhatWasAskedForAndEachLookup) {
  known({"192.0.2.1"});
  ask();
  loop_.advance(31s);
  ask();
  loop_.advance(20ms);
  lookup_.fail("shop");
  loop_.run();
  ask("nowhere");
  lookup_.answer("nowhere", std::vector<std::string>{});
  loop_.run();
  ask("nowhere");
  const AddressCacheCounts& counts = cache_.counts();
  EXPECT_EQ(counts.waited, 3u);
  EXPECT_EQ(counts.known, 2u);
  EXPECT_EQ(counts.lookups_found, 1u);
  EXPECT_EQ(counts.lookups_failed, 1u);
  EXPECT_EQ(counts.lookups_no_such_name, 1u);
  EXPECT_EQ(counts.lookup_time.count(), 3u);
  EXPECT_EQ(counts.lookup_time.sum(), 20ms);
}

TEST_F(AddressCacheTest, TheAddressThatWorkedIsRememberedForTenMinutes) {
  const SocketAddress address = *SocketAddress::parse("192.0.2.1", 443);
  EXPECT_FALSE(cache_.preferred("shop"));
  cache_.prefer("shop", address);
  loop_.advance(599s);
  EXPECT_EQ(cache_.preferred("shop"), address.with_port(0));
  loop_.advance(1s);
  EXPECT_FALSE(cache_.preferred("shop"));
  cache_.prefer("shop", address);
  cache_.forget_preferred("shop");
  EXPECT_FALSE(cache_.preferred("shop"));
}

}  // namespace
}  // namespace trunkd
