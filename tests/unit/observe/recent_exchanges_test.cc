#include "observe/recent_exchanges.h"

#include <gtest/gtest.h>
#include <string>

namespace trunkd {
namespace {

RecentExchange ended(uint64_t number, int status = 200, std::string_view session = "shop") {
  RecentExchange exchange;
  exchange.number = number;
  exchange.status = status;
  exchange.session = session;
  return exchange;
}

TEST(RecentExchangesTest, AnExchangeIsFoundByItsNumber) {
  RecentExchanges recent;
  recent.add(ended(7));
  recent.add(ended(8, 404));
  ASSERT_NE(recent.find(8), nullptr);
  EXPECT_EQ(recent.find(8)->status, 404);
  EXPECT_EQ(recent.find(9), nullptr);
}

TEST(RecentExchangesTest, TheOldestAreForgottenButNotableOnesLater) {
  RecentExchanges recent;
  recent.add(ended(1, 502));
  for (uint64_t i = 2; i <= RecentExchanges::kAll + 1; ++i) recent.add(ended(i));
  EXPECT_NE(recent.find(1), nullptr) << "it failed";
  EXPECT_NE(recent.find(2), nullptr);
  recent.add(ended(RecentExchanges::kAll + 2));
  EXPECT_EQ(recent.find(2), nullptr);
  for (uint64_t i = 0; i < RecentExchanges::kNotable; ++i) recent.add(ended(5000 + i, 500));
  EXPECT_EQ(recent.find(1), nullptr);
}

TEST(RecentExchangesTest, NotableIsWhatFailedOrTookLong) {
  RecentExchanges recent;
  recent.add(ended(1));
  recent.add(ended(2, 503));
  RecentExchange slow = ended(3);
  slow.total = 1s;
  recent.add(slow);
  RecentExchange gone = ended(4, 0);
  gone.error = "client_gone";
  recent.add(gone);
  recent.add(ended(5, 404));
  const auto notable = recent.notable("", 10);
  ASSERT_EQ(notable.size(), 3u);
  EXPECT_EQ(notable[0]->number, 4u) << "the newest first";
  EXPECT_EQ(notable[2]->number, 2u);
}

TEST(RecentExchangesTest, TheNewestFirstAlsoWhenTheOldestWereOverwritten) {
  RecentExchanges recent;
  for (uint64_t i = 0; i < RecentExchanges::kNotable + 3; ++i) {
    recent.add(ended(i, 500, i % 2 == 0 ? "even" : "odd"));
  }
  const auto all = recent.notable("", 1000);
  ASSERT_EQ(all.size(), RecentExchanges::kNotable);
  EXPECT_EQ(all.front()->number, RecentExchanges::kNotable + 2);
  EXPECT_EQ(all.back()->number, 3u);
  const auto even = recent.notable("even", 2);
  ASSERT_EQ(even.size(), 2u);
  EXPECT_EQ(even[0]->number, RecentExchanges::kNotable + 2);
  EXPECT_EQ(even[1]->number, RecentExchanges::kNotable);
}

TEST(RecentExchangesTest, ALongTextIsCutOff) {
  RecentExchange exchange;
  exchange.path = std::string(1000, 'x');
  EXPECT_EQ(exchange.path.view(), std::string(160, 'x'));
  exchange.path = "/";
  EXPECT_EQ(exchange.path.view(), "/");
}

}  // namespace
}  // namespace trunkd
