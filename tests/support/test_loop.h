// The fixture of tests that run on a real loop: waits for what must happen, and says so if it does
// not.

#pragma once

#include <csignal>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>

#include "event/loop.h"

namespace trunkd {

class LoopTest : public testing::Test {
 protected:
  LoopTest() { std::signal(SIGPIPE, SIG_IGN); }  // as the daemon's main does

  // Runs the loop until `condition` holds. After 15 s the test fails and ends, with the line of the
  // caller; `what` says what was waited for.
  template <typename Condition>
  void run_until(Condition condition, const char* what = "the condition",
                 const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    const SteadyTime deadline = loop_.now() + 15s;
    while (!condition()) {
      if (loop_.now() >= deadline) {
        throw std::runtime_error(std::string(file) + ':' + std::to_string(line) + ": " + what +
                                 " did not come true within 15 s");
      }
      loop_.run_once(deadline);
    }
  }

  // Handles everything that is ready, and what follows from it, without waiting: before a test says
  // that something did not happen. Bytes sent on the loopback are there at once.
  void run_what_is_ready() {
    for (int round = 0; round < 20; ++round) loop_.run_once(loop_.now());
  }

  // For what must take its time; never to wait for something to happen.
  void let_pass(Duration time) {
    bool over = false;
    Timer timer(loop_, [&] { over = true; });
    timer.start_at(loop_.now() + time);
    run_until([&] { return over; });
  }

  Loop loop_;
};

}  // namespace trunkd
