// What Prometheus is told of the sessions: their requests, their pools and queues.

#pragma once

#include "observe/exposition.h"
#include "observe/session_metrics.h"
#include "session/session.h"

namespace trunkd {

// Requests that found no session are those of the session "", so that sums add up.
void expose_requests(Exposition& out, const SessionTable& table, const SessionMetrics& unrouted);

// Each pool once, under the name of the session that owns it.
void expose_pools(Exposition& out, const SessionTable& table);
void expose_queues(Exposition& out, const SessionTable& table);

}  // namespace trunkd
