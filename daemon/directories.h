// Where state is kept, and where sockets are. The daemon and its commands use these rules.

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

// Likewise: $RUNTIME_DIRECTORY, else /run/trunkd for root, else trunkd in $XDG_RUNTIME_DIR, else
// `run` in the state directory.
Result<std::string> runtime_directory(const Environment& environment, bool is_root);
Result<std::string> runtime_directory();

}  // namespace trunkd
