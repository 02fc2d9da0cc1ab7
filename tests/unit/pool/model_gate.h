// ModelGate: a gate that counts by the time at which its bucket was empty, and complains of a start
// that it did not allow.

#pragma once

#include <algorithm>
#include <cstddef>
#include <gtest/gtest.h>

#include "pool/gate.h"

namespace trunkd {

// What several gates may share: one start in each `step`, `burst` at once.
class ModelBucket {
 public:
  ModelBucket(Duration step, int burst, SteadyTime now)
      : step_(step), burst_(burst), empty_at_(now - step * burst) {}

  bool has(SteadyTime now) const { return allows(now, reserved_ + 1); }
  SteadyTime has_at(SteadyTime now) const { return empty_at(now) + step_ * (reserved_ + 1); }
  void reserve() { ++reserved_; }
  void overdraw() { overdrawn_ = true; }
  void withdraw() { --reserved_; }
  void start(SteadyTime now) {
    if (allows(now, reserved_)) overdrawn_ = false;
    EXPECT_TRUE(overdrawn_ || allows(now, 1)) << "more starts than the bucket has";
    empty_at_ = empty_at(now) + step_;
    --reserved_;
  }

 private:
  SteadyTime empty_at(SteadyTime now) const { return std::max(empty_at_, now - step_ * burst_); }
  bool allows(SteadyTime now, int starts) const { return now - empty_at(now) >= step_ * starts; }

  const Duration step_;
  const int burst_;
  SteadyTime empty_at_;
  int reserved_ = 0;
  bool overdrawn_ = false;  // replays took more than there was
};

class ModelGate final : public Gate {
 public:
  explicit ModelGate(ModelBucket& bucket) : bucket_(bucket) {}

  bool would_admit(SteadyTime now) const { return now >= paused_until && bucket_.has(now); }
  size_t reserved() const { return reserved_; }
  size_t started() const { return started_; }

  bool admit(SteadyTime now) override {
    if (!would_admit(now)) return false;
    bucket_.reserve();
    ++reserved_;
    return true;
  }
  void reserve() override {
    bucket_.reserve();
    bucket_.overdraw();
    ++reserved_;
  }
  void start(SteadyTime now) override {
    EXPECT_GT(reserved_, 0U);
    bucket_.start(now);
    --reserved_;
    ++started_;
  }
  void withdraw() override {
    EXPECT_GT(reserved_, 0U);
    bucket_.withdraw();
    --reserved_;
  }
  GateClosure closure(SteadyTime now) const override {
    const SteadyTime by_rate = bucket_.has_at(now);
    if (paused_until <= now || paused_until < by_rate) {
      return {GateClosure::Cause::rate, by_rate, false};
    }
    return {GateClosure::Cause::pause, paused_until, paused_until - now > longest_pause};
  }

  SteadyTime paused_until{};
  Duration longest_pause = 15s;

 private:
  ModelBucket& bucket_;
  size_t reserved_ = 0;
  size_t started_ = 0;
};

}  // namespace trunkd
