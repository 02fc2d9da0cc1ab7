// A pool of two connections under a clock and a factory that obey the test.

#pragma once

#include <gtest/gtest.h>
#include <optional>
#include <utility>

#include "pool/connection_pool.h"
#include "support/fake_connection_factory.h"
#include "support/fake_exchange.h"
#include "support/fake_loop.h"

namespace trunkd {

class ConnectionPoolTest : public testing::Test {
 protected:
  const Origin a_{Scheme::https, "a.example", 443};
  const Origin b_{Scheme::https, "b.example", 443};
  const Origin c_{Scheme::http, "c.example", 80};

  static LeaseTerms terms(int priority = 3) {
    LeaseTerms terms;
    terms.priority = priority;
    terms.timeout = 30s;
    return terms;
  }

  // Joins the queue; nothing is answered yet.
  bool enqueue(FakeExchange& exchange, const Origin& origin, const LeaseTerms& terms) {
    exchange.request.emplace(exchange, origin, terms);
    if (pool_->enqueue(*exchange.request)) return true;
    exchange.request.reset();
    return false;
  }

  // As an exchange does: an idle connection at once, else the queue.
  bool ask(FakeExchange& exchange, const Origin& origin, const LeaseTerms& how) {
    if (auto lease = pool_->try_acquire(origin, how)) {
      exchange.lease.emplace(std::move(*lease));
      return true;
    }
    const bool accepted = enqueue(exchange, origin, how);
    loop_.run();
    return accepted;
  }
  bool ask(FakeExchange& exchange, const Origin& origin) { return ask(exchange, origin, terms()); }
  bool ask(FakeExchange& exchange) { return ask(exchange, a_); }

  void open_for(FakeExchange& exchange, const Origin& origin) {
    ASSERT_TRUE(ask(exchange, origin));
    if (!exchange.lease) finish_open(factory_.pending.size() - 1);
    ASSERT_TRUE(exchange.lease);
  }
  void open_for(FakeExchange& exchange) { open_for(exchange, a_); }

  void finish_open(size_t which = 0) {
    factory_.finish(which);
    loop_.run();
  }
  void fail_open(size_t which = 0) {
    factory_.fail(which);
    loop_.run();
  }
  void release(FakeExchange& exchange) {
    exchange.release();
    loop_.run();
  }
  void change(const PoolSettings& settings) {
    pool_->set_settings(settings);
    loop_.run();
  }
  PoolSnapshot now() const { return pool_->snapshot(); }

  PoolSettings settings_{.connections = 2, .connections_per_origin = 2};
  FakeConnectionFactory factory_;
  FakeLoop loop_;
  std::optional<ConnectionPool> pool_{std::in_place, loop_, factory_, settings_};
};

}  // namespace trunkd
