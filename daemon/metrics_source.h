// Gathers the numbers of one moment from the daemon's parts, for Prometheus (docs/metrics.md).

#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "daemon/jar_storage.h"
#include "event/loop_lag.h"
#include "net/address_cache.h"
#include "observe/access_log.h"
#include "observe/session_metrics.h"
#include "proxy/downstream_set.h"
#include "session/session.h"

namespace trunkd {

// What became of the configuration since the start, which counts as the first success.
struct ReloadMetrics {
  uint64_t applied = 0, refused = 0;
  bool last_successful = true;
  WallTime last_success{};
};

struct MetricsSource {
  const SessionTable& table;
  const SessionMetrics& unrouted;
  const DownstreamSet& clients;
  const AddressCache& addresses;
  const AccessLog& access_log;
  const LoopLag& lag;
  const ReloadMetrics& reloads;
  const JarStorage* jars;  // null if no session has cookies
  WallTime started;        // the process
};

// The text exposition. Reads and changes nothing; the time it takes grows with the number of
// sessions and of waiting origins, not with that of requests.
std::string metrics_text(const MetricsSource& source);

}  // namespace trunkd
