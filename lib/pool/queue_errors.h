// What a request is told that gets no lease: the pool's own errors, with the setting to change.

#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/origin.h"
#include "pool/gate.h"

namespace trunkd {

class OriginHealth;
struct LeaseTerms;

Error queue_full(const LeaseTerms& terms);
Error queue_timeout(const Origin& origin, Duration waited);
Error pool_shutting_down();
// Why the last connection could not be opened, and when another is tried.
Error origin_failing(const OriginHealth& health, SteadyTime now);

// A gate closes longer than the request may wait: because of...
enum class HeldBackBy : uint8_t {
  queue_max,      // nobody may wait, or too many do
  queue_timeout,  // its own time in the queue
  longest_pause,  // what the session lets anybody wait for
  both_times,     // each of the two before
};
inline HeldBackBy limit_in_time(bool too_long_for_all, bool too_late) {
  if (!too_long_for_all) return HeldBackBy::queue_timeout;
  return too_late ? HeldBackBy::both_times : HeldBackBy::longest_pause;
}
// rate_limited, paused or session_paused; retry_after is what is left of it, if that is known.
Error held_back(const Origin& origin, const GateClosure& closure, HeldBackBy limit, SteadyTime now);
// Its time ended while it was held: queue_timeout if a rate was why, else paused or session_paused.
Error held_timeout(const Origin& origin, const GateClosure& closure, Duration waited,
                   SteadyTime now);

}  // namespace trunkd
