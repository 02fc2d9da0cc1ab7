// trunkd doctor: what is in the way of trunkd on this machine.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/commands/cookies.h"
#include "daemon/commands/doctor/finding.h"
#include "daemon/commands/live_report.h"

namespace CLI {
class App;
}

namespace trunkd {

struct DoctorCommand {
  bool json = false;
  bool offline = false;  // nothing leaves this machine: no name is looked up, no host is asked
};

// Adds `doctor` to `app`; parsing fills in `command`, which must outlive `app`.
CLI::App* add_doctor(CLI::App& app, DoctorCommand& command);

// Returns the exit code: 0 if there are no problems, 1, or 78 if the configuration has mistakes.
int run_doctor(const DoctorCommand& command, const std::vector<std::string>& files,
               const CommandStreams& streams);

// What a try of a session's host (see check_live.h) means.
Finding host_finding(const LiveResult& result, WallTime now);

}  // namespace trunkd
