// What serve cannot start without, beside its listeners: the groups of its sockets, and a place for
// the access log.

#pragma once

#include "config/config.h"
#include "daemon/commands/doctor/finding.h"
#include "daemon/commands/service_user.h"

namespace trunkd {

// One for each group that this machine does not have.
Findings group_findings(const Config& config);

// `user` (may be null) is who writes the log where that is not the user of this process.
Finding access_log_finding(const LogConfig& config, const ServiceUser* user);

}  // namespace trunkd
