// trunkd ctl page: opens the status page's port for as long as somebody looks at it.

#pragma once

#include "daemon/commands/ctl/ctl_call.h"

namespace trunkd {

// Prints the URL, and returns after Ctrl-C (0) or when the daemon has ended (1).
int ctl_page(CtlCall& call, bool json);

}  // namespace trunkd
