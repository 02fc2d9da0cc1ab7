// The demo's HTTPS origin, as a process of its own: what it costs is not counted as trunkd's.

#pragma once

#include "daemon/demo/child_process.h"
#include "daemon/demo/demo_paths.h"

namespace trunkd {

// Makes a certificate and writes it to `paths`, listens on one port for each way, tells the demo
// the ports and, when asked, the counts. Ends with the demo; returns the exit code.
int run_origin_process(const DemoPaths& paths, const ChildProcess::WaitForGo& wait_for_go);

}  // namespace trunkd
