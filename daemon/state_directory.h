// Where state is kept. The daemon and its commands use this one rule.

#pragma once

#include <string>

#include "base/result.h"
#include "config/environment.h"

namespace trunkd {

// $STATE_DIRECTORY where set (systemd; the first, if there are several), else /var/lib/trunkd for
// root, else trunkd in $XDG_STATE_HOME or ~/.local/state. Absolute; it need not exist. Fails if
// none of them is to be had.
Result<std::string> state_directory(const Environment& environment, bool is_root);
Result<std::string> state_directory();  // of this process

}  // namespace trunkd
