// What happens after an attempt: relay its answer, try again, or answer ourselves. Pure; its test
// is a table (product.md, section 4). Each later phase adds rows here, not branches elsewhere.

#pragma once

#include <optional>

#include "base/clock.h"
#include "base/error.h"
#include "config/config.h"

namespace trunkd {

// What the request is and how far it has got.
struct RequestFacts {
  // By its method (RFC 9110, 9.2.2), or because an Idempotency-Key says that a second one does no
  // harm.
  bool repeatable = false;
  bool body_held = true;                 // the body can be sent again from its beginning
  size_t attempts = 1;                   // tries so far at this target, this one included
  bool replayed = false;                 // this try has been sent twice already
  Duration time_left = Duration::max();  // of timeouts.total
  Duration pause{};                      // that the target's origin still asks for
  Duration backoff{};                    // before the next try, where there is no pause
};

// How an attempt ended: with a head or with an error.
struct AttemptResult {
  std::optional<Error> error;
  int status = 0;                 // of the final head, if there is one
  bool kept = false;              // the connection was open before, and may have been dead
  bool request_sent = false;      // bytes of the request may have reached the origin
  bool response_started = false;  // any byte of a response has come, a 1xx counts
  bool informational = false;     // a 1xx has come, and may have gone to the client
  bool retry_after = false;       // of a 503: the head says when to come back
  bool leads_on = false;          // the head is a redirect to follow
};

enum class NextStep {
  relay,          // hand the origin's answer on
  retry,          // once more, from the queue's front, after the back-off or the origin's pause
  replay_on_new,  // once more, on a new connection in the slot of the one that died
  follow,         // where the redirect leads
  raise,          // answer with a problem that tells the origin's status
  answer,         // with the error
};

NextStep next_step(const SessionConfig& session, const RequestFacts& request,
                   const AttemptResult& result);

// How long to wait before the next attempt: doubled for each, and spread over its upper half by
// `number` (any that differs from request to request), so that many that failed together do not
// come back together.
Duration backoff(const RetryConfig& retry, size_t attempts, uint64_t number);

}  // namespace trunkd
