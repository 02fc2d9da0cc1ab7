// Traps of this machine, whatever the configuration says; `config` (may be null) only tells how
// much they matter.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/environment.h"
#include "daemon/commands/doctor/finding.h"

namespace trunkd {

// Does NAME.localhost lead to this machine? Asks the system, which may ask its name servers.
Finding local_names_finding();
// Would calls to trunkd go to a proxy? Never tells what is in the variables. `files`: those of the
// configuration that have to be named to a command, as it would not find them itself.
Finding proxy_finding(const Environment& environment, const std::vector<std::string>& files);
Finding ipv6_finding();
Finding trust_finding(const Config* config);
// `resolv_conf`: the text of /etc/resolv.conf.
Finding name_server_finding(std::string_view resolv_conf, const Config* config);

}  // namespace trunkd
