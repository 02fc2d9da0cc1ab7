// Prints the metrics of a daemon that has had all sorts of requests, for metrics_text_test.py:
// every metric has a sample there.

#include <exception>
#include <iostream>
#include <stdexcept>

#include "support/test_client.h"
#include "support/test_origin.h"
#include "support/test_proxy.h"

namespace trunkd {
namespace {

class Sample {
 public:
  void run() {
    origin_.next(script::answer(200, "hello", "Set-Cookie: a=1\r\n"));
    ask("/s/shop/");
    origin_.next(script::send_and_end("garbage\r\n\r\n"));
    ask("/s/other/");
    ask("/s/nobody/");
    std::cout << proxy_.server().metrics();
  }

 private:
  template <typename Condition>
  void wait_for(Condition condition) {
    const SteadyTime deadline = loop_.now() + 15s;
    while (!condition()) {
      if (loop_.now() >= deadline) throw std::runtime_error("what was waited for did not happen");
      loop_.run_once(deadline);
    }
  }
  void ask(std::string_view target) {
    TestClient client(loop_, proxy_.port(""));
    const TestCall call = client.get(target);
    wait_for([&] { return call.done(); });
  }

  Loop loop_;
  TestOrigin origin_{loop_};
  TestProxy proxy_{loop_,
                   "listen: 0\n"
                   "sessions:\n"
                   "  shop: {base_url: \"" +
                       origin_.url() +
                       "\", cookies: memory}\n"
                       "  other: {base_url: \"" +
                       origin_.url() +
                       "\", pool: shop}\n"
                       "  crawler: {allow_hosts: [\"*.example.com\"]}\n"};
};

}  // namespace
}  // namespace trunkd

int main() {
  try {
    trunkd::Sample().run();
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
