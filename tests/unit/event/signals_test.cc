#include "event/signals.h"

#include <csignal>
#include <gtest/gtest.h>

#include "support/test_loop.h"

namespace trunkd {
namespace {

class SignalWatchTest : public LoopTest {};

TEST_F(SignalWatchTest, ASignalBecomesAnEventOfTheLoop) {
  int hangups = 0;
  auto watch = watch_signal(loop_, SIGHUP, [&] { ++hangups; });
  ASSERT_EQ(std::raise(SIGHUP), 0);
  EXPECT_EQ(hangups, 0);
  run_until([&] { return hangups == 1; });
}

TEST_F(SignalWatchTest, AWatchMayEndInItsOwnCall) {
  std::unique_ptr<SignalWatch> watch;
  bool seen = false;
  watch = watch_signal(loop_, SIGHUP, [&] {
    seen = true;
    loop_.post([&] { watch.reset(); });
  });
  std::raise(SIGHUP);
  run_until([&] { return seen && !watch; });
}

}  // namespace
}  // namespace trunkd
