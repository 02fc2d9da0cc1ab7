// trunkd check --live: does each session reach its origin?

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <vector>

#include "base/log.h"
#include "base/task_queue.h"
#include "config/config.h"
#include "daemon/commands/live_report.h"
#include "event/loop.h"
#include "event/resolver.h"
#include "net/address_cache.h"
#include "net/trust_store.h"
#include "upstream/upstream_factory.h"

namespace trunkd {

class LiveTry;

// Tries all sessions of a configuration (see LiveTry), up to kAtOnce at a time, each within its own
// timeouts.connect and timeouts.response.
class LiveCheck {
 public:
  static constexpr size_t kAtOnce = 8;

  // `loop` and `config` must outlive it. `done` is called once, from the loop; it must not destroy
  // the check.
  LiveCheck(Loop& loop, const Config& config, std::function<void()> done);
  ~LiveCheck();

  // In the order of the file; when it is done.
  std::vector<LiveResult> results() const;

 private:
  void go_on();

  Loop& loop_;
  Log log_{LogLevel::error, LogFormat::text};  // of secrets that cannot be had
  const std::function<void()> done_;
  Resolver resolver_;
  AddressCache addresses_;
  TrustStores trust_;
  uint64_t last_connection_id_ = 0;
  const UpstreamParts parts_;
  DeferredCall go_on_;
  std::vector<std::unique_ptr<LiveTry>> tries_;
  size_t started_ = 0;
  size_t over_ = 0;
};

// On a loop of its own. `config` is valid. Writes what it saw to `out`, as text or JSON. Returns 0,
// or 1 if a session that was tried did not answer.
int run_check_live(const Config& config, bool json, std::ostream& out);

}  // namespace trunkd
