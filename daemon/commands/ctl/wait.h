// trunkd ctl wait: until a daemon can be used, for scripts and for a container's probe.

#pragma once

#include "base/clock.h"
#include "daemon/commands/ctl/ctl_call.h"

namespace trunkd {

struct WaitOptions {
  enum class What { ready, started };
  What what = What::ready;
  Duration timeout = 30s;
};

// Returns the exit code: 0 as soon as the daemon says yes, also if its socket appears only
// meanwhile; after the time-out 1, or 77 if the socket may not be used.
int ctl_wait(CtlCall& call, const WaitOptions& options, const Clock& clock);

}  // namespace trunkd
