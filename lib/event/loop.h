// Loop: one thread's event loop on libuv; the only Scheduler outside the tests.

#pragma once

#include <functional>
#include <memory>
#include <span>

#include "base/scheduler.h"

struct uv_loop_s;

namespace trunkd {

class Loop final : public Scheduler {
 public:
  Loop();
  // All handles must be gone or on their way; runs the loop until their close callbacks came and
  // asserts that nothing is left.
  ~Loop();

  void run();   // until stop()
  void stop();  // from within the loop
  // One round: waits for events until `until` at the latest. For tests.
  void run_once(SteadyTime until);

  SteadyTime now() const override;  // the time of this moment, in microseconds (no system call)
  WallTime wall_now() const override;

  // From any thread: runs `call` on the loop's thread. The only call between threads.
  void post(std::function<void()> call);

  // For lib/event only. One read buffer serves all streams, since what is read is used or copied
  // before the next read: a connection at rest needs none.
  uv_loop_s* uv();
  std::span<char> read_buffer();

 private:
  void on_earliest_changed() override;
  void on_work_queued() override;

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace trunkd
