// What a configuration needs of this machine, beside its listeners and its hosts.

#pragma once

#include <optional>
#include <string>
#include <sys/types.h>

#include "base/result.h"
#include "config/config.h"
#include "config/environment.h"
#include "daemon/commands/doctor/finding.h"
#include "daemon/commands/service_user.h"

namespace trunkd {

// `limit`: the hard limit of this process, which trunkd raises its own to.
Finding descriptor_finding(const Config& config, size_t limit);

// A finding for each reference to a secret: can it be had, and by whom else? `user` (may be null)
// is who has to read it where that is not the user of this process.
Findings secret_findings(const Config& config, const Environment& environment,
                         const ServiceUser* user);

// The files of tls, and who else can read the private keys.
Findings tls_findings(const Config& config, const ServiceUser* user);

// `state_directory`: as for serve.
Finding state_finding(const Config& config, const Result<std::string>& state_directory);

struct AdminLook {
  Finding finding;
  std::optional<pid_t> running;  // the daemon that answers there
};
// `runtime_directory`: as for serve. Asks whoever listens at the socket for its status.
AdminLook look_at_admin(const Config& config, const Result<std::string>& runtime_directory);

}  // namespace trunkd
