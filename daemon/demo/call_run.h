// CallRun: makes the calls of one plan from many callers at once, and checks every answer.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/demo/caller.h"
#include "daemon/demo/messages.h"
#include "event/loop.h"

namespace trunkd {

class CallRun final : private Caller::Owner {
 public:
  // `on_progress` is told now and then how many calls are over, `on_done` the result, once; it may
  // not destroy the run. What `parts` names must outlive it.
  using OnProgress = std::function<void(const Progress&)>;
  using OnDone = std::function<void(const CallResult&)>;
  CallRun(const CallerParts& parts, const CallPlan& plan, std::string ca_file,
          OnProgress on_progress, OnDone on_done);
  ~CallRun();

  void start();

 private:
  std::optional<uint64_t> next_number() override;
  void on_call_over(Duration took, const std::string& failure) override;
  void finish();

  Loop& loop_;
  const CallPlan plan_;
  OnProgress on_progress_;
  OnDone on_done_;
  SteadyTime started_{};
  SteadyTime told_{};
  uint64_t handed_out_ = 0;
  CallResult result_;
  std::vector<Duration> latencies_;
  std::vector<std::unique_ptr<Caller>> callers_;
};

}  // namespace trunkd
