// Can the listeners of a configuration be opened, or has somebody what they need?

#pragma once

#include <optional>
#include <sys/types.h>

#include "config/config.h"
#include "daemon/commands/doctor/finding.h"

namespace trunkd {

// `running`: the daemon that answers at the configuration's admin socket, if one does; what it has
// is as it should be. Binds each TCP port for a moment; nothing is accepted.
Findings listener_findings(const Config& config, std::optional<pid_t> running);

}  // namespace trunkd
