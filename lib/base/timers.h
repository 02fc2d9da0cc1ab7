// Timers: "call me at that time". A Timer is a member of the object that waits; destroying it
// cancels it.

#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/clock.h"

namespace trunkd {

class Timers;

class Timer {
 public:
  // `timers` must outlive this timer. `on_due` may destroy the timer.
  Timer(Timers& timers, std::function<void()> on_due);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Replaces an earlier time. A start that only moves the time back costs no heap operation, so a
  // deadline that is pushed along by every event is cheap.
  void start_at(SteadyTime due);
  void stop();
  bool running() const { return running_; }
  SteadyTime due() const { return due_; }

 private:
  friend class Timers;
  static constexpr size_t kNotQueued = static_cast<size_t>(-1);

  Timers& timers_;
  std::function<void()> on_due_;
  SteadyTime due_{};
  SteadyTime queued_for_{};  // its place in the heap; never later than due_
  size_t index_ = kNotQueued;
  bool running_ = false;
};

// The waiting timers as a heap. A loop calls run_due() when earliest() has come.
class Timers {
 public:
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  bool has_timers() const { return !heap_.empty(); }
  // When run_due() must be called next; it may find nothing due then (a timer that moved back).
  SteadyTime earliest() const { return heap_.front()->queued_for_; }
  void run_due(SteadyTime now);

 protected:
  Timers() = default;
  ~Timers() = default;
  virtual void on_earliest_changed() = 0;

 private:
  friend class Timer;
  void queue(Timer& timer);
  void unqueue(Timer& timer);
  void sift_up(size_t index);
  void sift_down(size_t index);
  void place(Timer* timer, size_t index);

  std::vector<Timer*> heap_;
};

}  // namespace trunkd
