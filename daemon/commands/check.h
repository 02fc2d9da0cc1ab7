// trunkd check: is the configuration good?

#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/commands/service_user.h"

namespace trunkd {

struct CheckOptions {
  bool live = false;  // open a connection for each session, too
  bool json = false;  // what that has seen, and nothing else, as JSON on `out`
};

// Writes every mistake to `err`, a line each, or one sentence to `out`; then what run_check_live()
// says. Root's check also warns of what the user of the service may not. Returns 0, 1 (a session
// did not answer) or 78.
int run_check(const std::vector<std::string>& files, const CheckOptions& options, std::ostream& out,
              std::ostream& err);

// What would stop the service that `user` runs, a warning each. It is no mistake of the
// configuration, and root itself would not notice.
void warn_of_service(const Config& config, const ServiceUser& user, std::ostream& err);

}  // namespace trunkd
