#include "observe/recent_exchanges.h"

#include <gtest/gtest.h>
#include <string>

namespace trunkd {
namespace {

ExchangeRecord ended(uint64_t number, int status = 200, std::string_view session = "shop") {
  ExchangeRecord exchange;
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
  ExchangeRecord slow = ended(3);
  slow.total = 1s;
  recent.add(slow);
  ExchangeRecord gone = ended(4, 0);
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

TEST(RecentExchangesTest, EveryFactOfTheRecordIsKept) {
  ExchangeRecord record;
  record.number = 9;
  record.started = WallTime(5s);
  record.total = 6ms;
  record.queue = 1ms;
  record.dns = 2ms;
  record.connect = 3ms;
  record.tls = 4ms;
  record.ttfb = 5ms;
  record.session = "shop";
  record.method = "POST";
  record.scheme = "https";
  record.host = "api.example";
  record.path = "/orders";
  record.detail = "it was closed";
  record.error = "connection_terminated";
  record.bytes_in = 10;
  record.bytes_out = 20;
  record.connection_id = 3;
  record.connection_uses = 4;
  record.status = 502;
  record.attempts = 2;
  record.reused = true;
  RecentExchanges recent;
  recent.add(record);
  for (const RecentExchange* kept : {recent.find(9), recent.notable("shop", 1).at(0)}) {
    ASSERT_NE(kept, nullptr);
    EXPECT_EQ(kept->started, WallTime(5s));
    EXPECT_EQ(kept->total, 6ms);
    EXPECT_EQ(kept->queue, 1ms);
    EXPECT_EQ(kept->dns, 2ms);
    EXPECT_EQ(kept->connect, 3ms);
    EXPECT_EQ(kept->tls, 4ms);
    EXPECT_EQ(kept->ttfb, 5ms);
    EXPECT_EQ(kept->session.view(), "shop");
    EXPECT_EQ(kept->method.view(), "POST");
    EXPECT_EQ(kept->scheme, "https");
    EXPECT_EQ(kept->host.view(), "api.example");
    EXPECT_EQ(kept->path.view(), "/orders");
    EXPECT_EQ(kept->detail.view(), "it was closed");
    EXPECT_EQ(kept->error, "connection_terminated");
    EXPECT_EQ(kept->bytes_in, 10u);
    EXPECT_EQ(kept->bytes_out, 20u);
    EXPECT_EQ(kept->connection_id, 3u);
    EXPECT_EQ(kept->connection_uses, 4u);
    EXPECT_EQ(kept->status, 502);
    EXPECT_EQ(kept->attempts, 2);
    EXPECT_TRUE(kept->reused);
  }
}

TEST(RecentExchangesTest, ALongTextIsCutOff) {
  ExchangeRecord record;
  record.number = 1;
  const std::string path(1000, 'x');
  record.path = path;
  RecentExchanges recent;
  recent.add(record);
  EXPECT_EQ(recent.find(1)->path.view(), std::string(160, 'x'));
}

}  // namespace
}  // namespace trunkd
