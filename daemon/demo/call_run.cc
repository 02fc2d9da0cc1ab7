#include "daemon/demo/call_run.h"

#include <algorithm>
#include <utility>

namespace trunkd {
namespace {

constexpr Duration kProgressEvery = 50ms;

// `sorted` must not be empty.
Duration percentile(const std::vector<Duration>& sorted, size_t percent) {
  return sorted[std::min(sorted.size() - 1, sorted.size() * percent / 100)];
}

}  // namespace

CallRun::CallRun(const CallerParts& parts, const CallPlan& plan, std::string ca_file,
                 OnProgress on_progress, OnDone on_done)
    : loop_(parts.loop),
      plan_(plan),
      on_progress_(std::move(on_progress)),
      on_done_(std::move(on_done)) {
  Caller::Owner& owner = *this;
  const CallerSettings settings{plan.way, plan.port, std::move(ca_file)};
  for (uint64_t i = 0; i < std::min(plan.callers, plan.calls); ++i) {
    callers_.push_back(std::make_unique<Caller>(parts, owner, settings));
  }
  latencies_.reserve(plan.calls);
}

CallRun::~CallRun() = default;

void CallRun::start() {
  started_ = told_ = loop_.now();
  for (const auto& caller : callers_) caller->start();
}

std::optional<uint64_t> CallRun::next_number() {
  if (handed_out_ == plan_.calls) return std::nullopt;
  return ++handed_out_;
}

void CallRun::on_call_over(Duration took, const std::string& failure) {
  latencies_.push_back(took);
  if (failure.empty()) {
    ++result_.right;
  } else {
    if (result_.wrong == 0) result_.first_failure = failure;
    ++result_.wrong;
  }
  if (latencies_.size() == plan_.calls) return finish();
  if (loop_.now() - told_ < kProgressEvery) return;
  told_ = loop_.now();
  on_progress_({latencies_.size()});
}

void CallRun::finish() {
  result_.elapsed = loop_.now() - started_;
  std::sort(latencies_.begin(), latencies_.end());
  result_.median = percentile(latencies_, 50);
  result_.percentile_99 = percentile(latencies_, 99);
  on_done_(result_);
}

}  // namespace trunkd
