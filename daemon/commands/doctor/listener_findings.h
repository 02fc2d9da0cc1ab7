// Can the listeners of a configuration be opened, or has somebody what they need?

#pragma once

#include <functional>
#include <optional>
#include <sys/types.h>

#include "config/config.h"
#include "daemon/commands/doctor/finding.h"
#include "daemon/commands/doctor/port_holder.h"

namespace trunkd {

// `running`: the daemon that answers at the configuration's admin socket, if one does; what it has
// is as it should be. Binds each TCP port for a moment; nothing is accepted.
Findings listener_findings(const Config& config, std::optional<pid_t> running);

// What it means that they have a listener already. `trunkd_answers` asks who is there, and is
// called only if the system does not tell and no harm can come of it.
Finding taken_finding(const Holders& holders, std::optional<pid_t> running,
                      const std::function<bool()>& trunkd_answers);

}  // namespace trunkd
