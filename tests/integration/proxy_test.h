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
