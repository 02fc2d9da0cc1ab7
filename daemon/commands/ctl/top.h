// trunkd ctl top: the sessions as they work, drawn anew every moment.

#pragma once

#include "base/clock.h"
#include "daemon/commands/ctl/ctl_call.h"

namespace trunkd {

struct TopOptions {
  Duration interval = 1s;
  bool once = false;  // one table, after one interval
  bool json = false;  // a line of JSON for each interval
};

// Returns the exit code: 0 after Ctrl-C, which leaves the terminal as it was.
int ctl_top(CtlCall& call, const TopOptions& options, const Clock& clock);

}  // namespace trunkd
