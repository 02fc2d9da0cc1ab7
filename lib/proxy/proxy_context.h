// What all exchanges of one loop share.

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/log.h"
#include "base/scheduler.h"
#include "observe/access_log.h"
#include "observe/recent_exchanges.h"
#include "observe/session_metrics.h"
#include "session/session.h"

namespace trunkd {

// Owned by the server; outlives every connection.
struct ProxyContext {
  Scheduler& scheduler;
  AccessLog& access_log;
  Log& log;
  std::shared_ptr<const SessionTable> table;  // what new requests see; a reload replaces it
  std::string id_prefix;                      // of request ids; random, so that two runs don't meet
  bool draining = false;                      // every answer ends its client's connection
  uint64_t requests = 0;                      // exchanges begun
  RecentExchanges recent{};
  SessionMetrics unrouted{};  // of requests for which no session was found
  std::string scratch{};      // for heads on their way out: cleared by who uses it, within one call

  const Config& config() const { return table->config(); }
};

}  // namespace trunkd
