#include "base/timers.h"

#include <cassert>
#include <utility>

namespace trunkd {

Timer::Timer(Timers& timers, std::function<void()> on_due)
    : timers_(timers), on_due_(std::move(on_due)) {}

Timer::~Timer() {
  if (index_ != kNotQueued) timers_.unqueue(*this);
}

void Timer::start_at(SteadyTime due) {
  due_ = due;
  running_ = true;
  if (index_ != kNotQueued) {
    if (queued_for_ <= due) return;  // run_due() will find it early and put it back
    timers_.unqueue(*this);
  }
  queued_for_ = due;
  timers_.queue(*this);
}

// Stays in the heap until its place comes up: most deadlines are started and stopped again for
// every request, and the heap need not hear of it.
void Timer::stop() { running_ = false; }

void Timers::run_due(SteadyTime now) {
  while (!heap_.empty() && heap_.front()->queued_for_ <= now) {
    Timer* timer = heap_.front();
    unqueue(*timer);
    if (!timer->running_) continue;
    if (timer->due_ > now) {
      timer->queued_for_ = timer->due_;
      queue(*timer);
      continue;
    }
    timer->running_ = false;
    timer->on_due_();  // may destroy the timer
  }
}

void Timers::queue(Timer& timer) {
  heap_.push_back(&timer);
  timer.index_ = heap_.size() - 1;
  sift_up(timer.index_);
  if (timer.index_ == 0) on_earliest_changed();
}

void Timers::unqueue(Timer& timer) {
  const size_t hole = timer.index_;
  assert(hole < heap_.size() && heap_[hole] == &timer);
  timer.index_ = Timer::kNotQueued;
  Timer* last = heap_.back();
  heap_.pop_back();
  if (last == &timer) return;
  place(last, hole);
  sift_up(hole);
  sift_down(last->index_);
}

void Timers::sift_up(size_t index) {
  Timer* timer = heap_[index];
  while (index > 0) {
    const size_t parent = (index - 1) / 2;
    if (heap_[parent]->queued_for_ <= timer->queued_for_) break;
    place(heap_[parent], index);
    index = parent;
  }
  place(timer, index);
}

void Timers::sift_down(size_t index) {
  Timer* timer = heap_[index];
  for (;;) {
    size_t child = 2 * index + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1]->queued_for_ < heap_[child]->queued_for_) {
      ++child;
    }
    if (timer->queued_for_ <= heap_[child]->queued_for_) break;
    place(heap_[child], index);
    index = child;
  }
  place(timer, index);
}

void Timers::place(Timer* timer, size_t index) {
  heap_[index] = timer;
  timer->index_ = index;
}

}  // namespace trunkd
