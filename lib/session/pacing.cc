#include "session/pacing.h"

#include <algorithm>
#include <utility>

namespace trunkd {
namespace {

// Fewer are not looked through for what can be forgotten.
constexpr size_t kFewOrigins = 256;
// At so many, every origin at which nobody waits is forgotten, also one that has not made up for
// its starts yet: who runs through so many hosts gets no exact rate for each, but memory has an
// end.
constexpr size_t kMostOrigins = 65'536;

}  // namespace

Pacing::Pacing(const Clock& clock, ConnectionPool& pool, const RateConfig& rate,
               const RetryConfig& retry)
    : clock_(clock), pool_(pool), rate_(rate), retry_(retry), forget_at_(kFewOrigins) {
  if (rate_.active() && !rate_.per_host) shared_ = make_buckets();
}

Gate& Pacing::gate_for(const Origin& origin, std::string_view method) {
  PacedOrigin& target = paced(origin);
  const size_t kind = kind_of(method);
  if (kind >= target.gates.size()) target.gates.resize(kind + 1);
  std::unique_ptr<PacedGate>& gate = target.gates[kind];
  if (gate == nullptr) {
    TokenBucket* rate = nullptr;
    TokenBucket* interval = nullptr;
    if (auto& buckets = target.own ? target.own : shared_) {
      if (buckets->rate) rate = &*buckets->rate;
      if (kind > 0 && buckets->intervals[kind - 1]) interval = &*buckets->intervals[kind - 1];
    }
    gate = std::make_unique<PacedGate>(stopped_, target.pause, rate, interval);
  }
  return *gate;
}

void Pacing::pause(const Origin& origin, Duration time) {
  PacedOrigin& target = paced(origin);
  const SteadyTime until = clock_.now() + time;
  if (time <= Duration::zero() || until <= target.pause.until) return;
  target.pause.until = until;
  gates_changed(target);
}

Duration Pacing::pause_left(const Origin& origin) const {
  const auto found = origins_.find(origin);
  if (found == origins_.end()) return Duration::zero();
  return std::max(found->second.pause.until - clock_.now(), Duration::zero());
}

void Pacing::take_pauses(const Pacing& other) {
  const SteadyTime now = clock_.now();
  for (const auto& [origin, target] : other.origins_) {
    if (target.pause.until > now) pause(origin, target.pause.until - now);
  }
}

void Pacing::lift_pauses() {
  for (auto& [origin, target] : origins_) {
    target.pause.until = {};
    gates_changed(target);
  }
}

void Pacing::stop() { set_stopped(true); }

void Pacing::resume() { set_stopped(false); }

void Pacing::set_stopped(bool stopped) {
  if (std::exchange(stopped_, stopped) == stopped) return;
  for (const auto& [origin, target] : origins_) gates_changed(target);
}

void Pacing::gates_changed(const PacedOrigin& origin) {
  for (const std::unique_ptr<PacedGate>& gate : origin.gates) {
    if (gate != nullptr) pool_.gate_changed(*gate);
  }
}

Pacing::Buckets Pacing::make_buckets() const {
  const SteadyTime now = clock_.now();
  Buckets buckets;
  if (rate_.count > 0) buckets.rate.emplace(rate_.count, rate_.per, rate_.burst, now);
  for (const RateConfig::Interval& entry : rate_.min_interval) {
    auto& bucket = buckets.intervals.emplace_back();
    if (entry.interval > Duration::zero()) bucket.emplace(uint64_t{1}, entry.interval, 1U, now);
  }
  return buckets;
}

// 0: no interval; else one more than the place of its entry.
size_t Pacing::kind_of(std::string_view method) const {
  size_t kind = 0;
  for (size_t i = 0; i < rate_.min_interval.size(); ++i) {
    const std::string& name = rate_.min_interval[i].method;
    if (name == method) return i + 1;
    if (name.empty()) kind = i + 1;
  }
  return kind;
}

size_t Pacing::paused_count() const {
  const SteadyTime now = clock_.now();
  return static_cast<size_t>(
      std::count_if(origins_.begin(), origins_.end(),
                    [&](const auto& entry) { return entry.second.pause.until > now; }));
}

Pacing::PacedOrigin& Pacing::paced(const Origin& origin) {
  if (recent_ != nullptr && recent_->first == origin) return recent_->second;
  if (origins_.size() >= forget_at_) forget_origins();
  const auto [place, added] = origins_.try_emplace(origin);
  recent_ = &*place;
  PacedOrigin& target = place->second;
  if (added) {
    target.pause.longest_wait = retry_.retry_after_max;
    if (rate_.active() && rate_.per_host) target.own = make_buckets();
  }
  return target;
}

bool Pacing::in_use(const PacedOrigin& origin) {
  return std::any_of(origin.gates.begin(), origin.gates.end(),
                     [](const auto& gate) { return gate != nullptr && gate->in_use(); });
}

bool Pacing::as_at_first(const PacedOrigin& origin, SteadyTime now) {
  if (origin.pause.until > now) return false;
  if (!origin.own) return true;
  const auto untouched = [&](const auto& bucket) { return !bucket || bucket->untouched(now); };
  const auto& intervals = origin.own->intervals;
  return untouched(origin.own->rate) && std::all_of(intervals.begin(), intervals.end(), untouched);
}

void Pacing::forget_origins() {
  const SteadyTime now = clock_.now();
  const bool too_many = origins_.size() >= kMostOrigins;
  recent_ = nullptr;
  std::erase_if(origins_, [&](const auto& entry) {
    return !in_use(entry.second) && (too_many || as_at_first(entry.second, now));
  });
  forget_at_ = std::max(std::min(2 * origins_.size(), kMostOrigins), origins_.size() + kFewOrigins);
}

}  // namespace trunkd
