// trunkd ctl cookies: the cookies of a running daemon's session.

#pragma once

#include "daemon/commands/cookies.h"
#include "daemon/commands/ctl/ctl_call.h"

namespace trunkd {

// Returns the exit code.
int ctl_cookies(CtlCall& call, const CookiesCommand& command);

}  // namespace trunkd
