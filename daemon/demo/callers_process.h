// The demo's many HTTP clients, as a process of their own: what they cost is not counted as
// trunkd's.

#pragma once

#include "daemon/demo/child_process.h"
#include "daemon/demo/demo_paths.h"

namespace trunkd {

// Makes the calls that the demo asks for, one plan after the other, and tells it how they went.
// Ends with the demo; returns the exit code.
int run_callers_process(const DemoPaths& paths, const ChildProcess::WaitForGo& wait_for_go);

}  // namespace trunkd
