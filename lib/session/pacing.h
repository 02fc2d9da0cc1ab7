// Pacing: when a session's requests may start: its rate, its least intervals, and the pauses that
// origins ask for (product.md, section 4).

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/origin.h"
#include "config/config.h"
#include "pool/connection_pool.h"
#include "session/paced_gate.h"
#include "session/token_bucket.h"

namespace trunkd {

// Every request has a gate, also where the session has no rate: its origin may ask for a pause
// while it waits, and that holds it back too. A gate without a rate costs some 30 ns.
class Pacing {
 public:
  // Clock and pool must outlive it. Requests that wait at its gates must not.
  Pacing(const Clock& clock, ConnectionPool& pool, const RateConfig& rate,
         const RetryConfig& retry);
  Pacing(const Pacing&) = delete;
  Pacing& operator=(const Pacing&) = delete;

  // For a request that asks the pool now: unless it then waits there, the gate may be gone with the
  // next call.
  Gate& gate_for(const Origin& origin, std::string_view method);

  // No request to this origin starts for so long, whoever sends it; those that wait for a
  // connection are held. Never makes a pause shorter. Who cannot wait so long is told at once, and
  // as long as more than retry.retry_after_max is left, everybody is.
  void pause(const Origin& origin, Duration time);
  Duration pause_left(const Origin& origin) const;  // zero: none

  // The pauses that origins have asked `other` for.
  void take_pauses(const Pacing& other);
  void lift_pauses();  // whoever waits for the end of one goes on
  // Nobody starts any more until resume(); who waits or comes is held. Both may be called again.
  void stop();
  void resume();
  bool stopped() const { return stopped_; }

  size_t paused_count() const;                             // origins, now
  size_t origin_count() const { return origins_.size(); }  // of which something is known

 private:
  // What a start takes from. One interval for each of the rate's entries, in their order.
  struct Buckets {
    std::optional<TokenBucket> rate;
    std::vector<std::optional<TokenBucket>> intervals;
  };
  struct PacedOrigin {
    OriginPause pause;
    std::optional<Buckets> own;                     // per_host
    std::vector<std::unique_ptr<PacedGate>> gates;  // by kind_of(method), as they are asked for
  };

  Buckets make_buckets() const;
  size_t kind_of(std::string_view method) const;
  PacedOrigin& paced(const Origin& origin);
  static bool in_use(const PacedOrigin& origin);
  static bool as_at_first(const PacedOrigin& origin, SteadyTime now);
  void forget_origins();
  void set_stopped(bool stopped);
  void gates_changed(const PacedOrigin& origin);

  const Clock& clock_;
  ConnectionPool& pool_;
  const RateConfig rate_;
  const RetryConfig retry_;
  bool stopped_ = false;
  std::optional<Buckets> shared_;  // of all origins, unless per_host
  std::unordered_map<Origin, PacedOrigin, OriginHash> origins_;
  std::pair<const Origin, PacedOrigin>* recent_ = nullptr;  // most requests are to this one again
  size_t forget_at_;                                        // so many origins
};

}  // namespace trunkd
