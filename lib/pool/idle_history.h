// IdleHistory: what one origin has shown of how long its idle connections live.

#pragma once

#include <array>
#include <cstddef>

#include "base/clock.h"

namespace trunkd {

// Two questions are answered by it. How long may an idle connection be kept? As long as the origin
// says (Keep-Alive) or has been seen to keep it. And how long may one have been idle to carry a
// request that must not be sent twice? As long as was survived before: `proven`.
//
// What was learned of an origin that closes is slowly forgotten, so that one whose settings have
// changed is found out; what was survived is forgotten by a failure only.
class IdleHistory {
 public:
  static constexpr Duration kProvenAtFirst = 2s;

  // A response said how long the origin keeps the connection when it is idle.
  void hinted(Duration timeout) { hint_ = timeout; }
  // A connection that had been idle for so long carried an exchange.
  void carried_after(Duration idle) {
    if (idle > proven_) raise(idle);
  }
  // One was still open after so long. Weaker: a packet filter that has forgotten a connection lets
  // it look like that too, so it does not count for a time after a failure.
  void open_after(Duration idle, SteadyTime now);
  // The origin closed one. Three in a row after about the same time are its limit; what comes at
  // once, as when an origin restarts, is one.
  void closed_after(Duration idle, SteadyTime now);
  // A request on one that had been idle for so long got no answer. Many at once are one failure.
  // Without any idleness before it, it says nothing of that.
  void failed_after(Duration idle, SteadyTime now);

  // Duration::max(): nothing is known.
  Duration longest_idle(SteadyTime now) const;
  Duration proven(SteadyTime now) const;

 private:
  static constexpr size_t kAlike = 3;

  void raise(Duration survived);
  bool is_doubted(SteadyTime now) const { return now < doubted_until_; }

  Duration hint_{};  // 0: none
  Duration proven_ = kProvenAtFirst;
  SteadyTime failed_at_ = SteadyTime::min();  // the first of those at once
  Duration proven_before_{};                  // it
  SteadyTime doubted_until_ = SteadyTime::min();
  std::array<Duration, kAlike> closed_{};  // the last ones, in turn
  size_t closes_ = 0;
  SteadyTime closed_at_ = SteadyTime::min();  // the first of those at once
  Duration limit_{};                          // learned from them; 0: none
  SteadyTime learned_at_{};
};

}  // namespace trunkd
