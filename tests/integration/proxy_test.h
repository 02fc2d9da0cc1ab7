// The fixture of the integration tests: one origin, one proxy, any number of clients, one loop.

#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/test_client.h"
#include "support/test_loop.h"
#include "support/test_origin.h"
#include "support/test_proxy.h"

namespace trunkd {

class ProxyTest : public LoopTest {
 protected:
  // One session "shop" to `origin_`; `more` are further lines of it.
  void start(std::string_view more = {}) {
    proxy_ = std::make_unique<TestProxy>(loop_, session_yaml("shop", origin_.url(), more));
  }
  void start_with(const std::string& yaml) { proxy_ = std::make_unique<TestProxy>(loop_, yaml); }

  TestClient& client() {
    clients_.push_back(std::make_unique<TestClient>(loop_, proxy_->port("shop")));
    return *clients_.back();
  }
  TestClient& client_at(uint16_t port) {
    clients_.push_back(std::make_unique<TestClient>(loop_, port));
    return *clients_.back();
  }

  // Whatever a test did, the sums are right: each request began and ended once, and each connection
  // that was opened is there or was closed for a reason.
  void TearDown() override {
    if (proxy_) expect_sums();
  }
  void expect_sums() {
    const MetricsReader metrics = proxy_->metrics();
    for (const std::string& session : metrics.values_of("trunkd_requests_total", "session")) {
      const auto sum = [&](std::string_view name) {
        return metrics.sum(name, {{"session", session}});
      };
      EXPECT_EQ(sum("trunkd_requests_total"), sum("trunkd_responses_total") +
                                                  sum("trunkd_requests_aborted_total") +
                                                  sum("trunkd_requests_active"))
          << "session \"" << session << '"';
      EXPECT_LE(
          sum("trunkd_error_responses_total"),
          metrics.sum("trunkd_responses_total", {{"session", session}, {"source", "trunkd"}}));
      EXPECT_LE(sum("trunkd_request_duration_seconds_count"), sum("trunkd_responses_total"));
      const Session* pooled = proxy_->server().session(session);
      if (pooled == nullptr) continue;
      const PoolSnapshot now = pooled->pool().snapshot();
      EXPECT_EQ(now.opened, now.closed.all() + now.open) << session;
    }
  }

  // Waits for the answer.
  TestCall finished(TestCall call, const char* file = __builtin_FILE(),
                    int line = __builtin_LINE()) {
    run_until([&] { return call.done(); }, "the answer", file, line);
    return call;
  }
  TestCall get(std::string_view target, std::string_view fields = {}) {
    return finished(client().get(target, fields));
  }
  // The last request that the origin got.
  const TestRequest& seen() {
    const TestRequest* last = nullptr;
    for (size_t i = 0; i < origin_.connections(); ++i) {
      if (!origin_.connection(i).requests().empty()) {
        last = &origin_.connection(i).requests().back();
      }
    }
    if (last == nullptr) throw std::runtime_error("the origin got no request");
    return *last;
  }
  std::string seen_field(std::string_view name) {
    return std::string(seen().head.headers.get(name).value_or(""));
  }
  PoolSnapshot pool() { return proxy_->pool("shop"); }
  // Everything is at rest again: no slot of the pool is lost.
  void expect_pool_whole() {
    run_until([&] { return pool().leased == 0 && pool().connecting == 0 && pool().waiting == 0; },
              "the pool at rest");
  }

  TestOrigin origin_{loop_};
  std::unique_ptr<TestProxy> proxy_;
  std::vector<std::unique_ptr<TestClient>> clients_;
};

}  // namespace trunkd
