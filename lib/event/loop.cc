#include "event/loop.h"

#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>
#include <uv.h>
#include <vector>

#include "event/handle.h"

namespace trunkd {
namespace {

constexpr size_t kReadBufferSize = size_t{64} * 1024;

// The loop's own handles live in its state and end with it.
template <typename T>
uv_handle_t* as_handle(T& handle) {
  return reinterpret_cast<uv_handle_t*>(&handle);
}

}  // namespace

struct Loop::State {
  Loop& loop;
  uv_loop_t uv{};
  uv_prepare_t prepare{};  // before waiting
  uv_check_t check{};      // after the events of one wait
  uv_timer_t timer{};      // for the heap of Timers
  uv_timer_t round{};      // ends the wait of run_once()
  uv_async_t posted{};     // for post(); also what keeps run() going
  std::unique_ptr<char[]> read_buffer = std::make_unique_for_overwrite<char[]>(kReadBufferSize);

  bool timer_is_old = false;  // the heap's earliest time has changed
  bool one_round = false;     // within run_once()
  bool worked = false;        // something was done in this round before the wait

  std::mutex mutex;                          // guards calls
  std::vector<std::function<void()>> calls;  // from other threads

  explicit State(Loop& owner) : loop(owner) {}
  void start();
  void before_wait();
  void run_due_timers();
  void run_posted();
  void arm_timer();
};

void Loop::State::start() {
  if (uv_loop_init(&uv) != 0) {  // no descriptor or memory for the very first thing we need
    std::fputs("trunkd: the system has no resources for an event loop\n", stderr);
    std::abort();
  }
  uv_prepare_init(&uv, &prepare);
  uv_check_init(&uv, &check);
  uv_timer_init(&uv, &timer);
  uv_timer_init(&uv, &round);
  uv_async_init(&uv, &posted,
                [](uv_async_t* handle) { static_cast<State*>(handle->data)->run_posted(); });
  prepare.data = check.data = timer.data = round.data = posted.data = this;
  uv_prepare_start(&prepare,
                   [](uv_prepare_t* handle) { static_cast<State*>(handle->data)->before_wait(); });
  uv_check_start(
      &check, [](uv_check_t* handle) { static_cast<State*>(handle->data)->loop.run_deferred(); });
}

// Nothing may be left to do when the loop goes to sleep.
void Loop::State::before_wait() {
  if (loop.has_deferred()) {
    worked = true;
    loop.run_deferred();
  }
  if (timer_is_old) arm_timer();
  // Who runs single rounds looks at what was done before waiting for more: a stopped loop polls
  // without waiting.
  if (one_round && worked) uv_stop(&uv);
}

// Once a round at most, whatever was started and stopped in it. libuv counts milliseconds of the
// same clock; rounding up means never early.
void Loop::State::arm_timer() {
  timer_is_old = false;
  if (!loop.has_timers()) {
    uv_timer_stop(&timer);
    return;
  }
  const auto due = std::chrono::ceil<std::chrono::milliseconds>(loop.earliest().time_since_epoch());
  const auto due_ms = static_cast<uint64_t>(due.count());
  const uint64_t now_ms = uv_now(&uv);
  uv_timer_start(
      &timer, [](uv_timer_t* handle) { static_cast<State*>(handle->data)->run_due_timers(); },
      due_ms > now_ms ? due_ms - now_ms : 0, 0);
}

void Loop::State::run_due_timers() {
  worked = true;
  timer_is_old = true;
  loop.run_due(loop.now());
  loop.run_deferred();
}

void Loop::State::run_posted() {
  std::vector<std::function<void()>> batch;
  {
    const std::lock_guard lock(mutex);
    batch.swap(calls);
  }
  for (const auto& call : batch) call();
}

Loop::Loop() : state_(std::make_unique<State>(*this)) { state_->start(); }

Loop::~Loop() {
  State& state = *state_;
  uv_close(as_handle(state.prepare), nullptr);
  uv_close(as_handle(state.check), nullptr);
  uv_close(as_handle(state.timer), nullptr);
  uv_close(as_handle(state.round), nullptr);
  uv_close(as_handle(state.posted), nullptr);
  do {
    run_deferred();
    uv_run(&state.uv, UV_RUN_DEFAULT);  // until the last close callback and the last file write
  } while (has_deferred());
  [[maybe_unused]] const int left = uv_loop_close(&state.uv);
  assert(left == 0 && "a libuv handle outlives its loop");
}

void Loop::run() { uv_run(&state_->uv, UV_RUN_DEFAULT); }

void Loop::stop() { uv_stop(&state_->uv); }

void Loop::run_once(SteadyTime until) {
  State& state = *state_;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now());
  uv_update_time(&state.uv);
  // libuv runs timers before it waits: one that is due then must not leave the wait without an end.
  uv_timer_start(
      &state.round, [](uv_timer_t* round) { static_cast<State*>(round->data)->worked = true; },
      left.count() > 0 ? static_cast<uint64_t>(left.count()) : 0, 0);
  state.one_round = true;
  state.worked = false;
  uv_run(&state.uv, UV_RUN_ONCE);
  state.one_round = false;
  uv_timer_stop(&state.round);
}

SteadyTime Loop::now() const {
  return SteadyTime(std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(uv_hrtime())));
}

WallTime Loop::wall_now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

void Loop::post(std::function<void()> call) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->calls.push_back(std::move(call));
  }
  uv_async_send(&state_->posted);
}

uv_loop_s* Loop::uv() { return &state_->uv; }

std::span<char> Loop::read_buffer() { return {state_->read_buffer.get(), kReadBufferSize}; }

void Loop::on_earliest_changed() { state_->timer_is_old = true; }

// Both places where the queue is drained come before the next wait.
void Loop::on_work_queued() {}

}  // namespace trunkd
