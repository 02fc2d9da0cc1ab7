// Server: puts the parts together: listeners, sessions, clients, logs. Owns all of them.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "admin/admin_host.h"
#include "base/log.h"
#include "base/result.h"
#include "config/config.h"
#include "daemon/doors.h"
#include "daemon/jar_storage.h"
#include "daemon/metrics_source.h"
#include "event/listen_sockets.h"
#include "event/loop.h"
#include "event/loop_lag.h"
#include "event/resolver.h"
#include "net/address_cache.h"
#include "net/tls_context.h"
#include "observe/access_log.h"
#include "observe/session_metrics.h"
#include "proxy/downstream_set.h"
#include "proxy/proxy_context.h"
#include "session/session.h"

namespace trunkd {

// What was counted outlives a session: one of the same name goes on with it.
using SessionMetricsByName = std::map<std::string, std::shared_ptr<SessionMetrics>, std::less<>>;

class Server {
 public:
  // `loop`, `log` and `sockets` must outlive the server. `access_sink` may be null (no access log).
  Server(Loop& loop, std::shared_ptr<const Config> config, Log& log, ListenSockets& sockets,
         std::unique_ptr<FileSink> access_sink, AccessLog::Format access_format);
  ~Server();  // not from within an event of the loop

  // Opens every listener, or none and says why. Logs one line for each.
  Result<bool> start();

  // Changes what runs to `config`, as a whole or not at all. What is under way goes on under the
  // settings it began with; what did not change keeps its connections, queue and jars.
  ReloadOutcome reload(const std::shared_ptr<const Config>& config);

  // No new connections; answers under way are finished, within drain_timeout of the configuration;
  // `on_done` is called when no client is left.
  void drain(std::function<void()> on_done);
  void reopen_logs();

  // The port of a session's own first TCP listener, or of the shared one if `session` is empty; 0
  // if there is none. For port 0 the one that was found.
  uint16_t port(std::string_view session) const { return doors_.port(session); }
  Session* session(std::string_view name) const;  // null if there is none
  const ProxyContext& context() const { return context_; }
  const DownstreamSet& downstreams() const { return clients_; }
  size_t clients() const { return clients_.size(); }
  Duration drain_timeout() const { return config_->drain_timeout; }
  // The warm connections of the start are there, or timeouts.connect is over for them.
  bool started_up();
  // Ends what is under way for the session, its connections too, and leaves it paused.
  void kill(Session& session);

  // The numbers of this moment as Prometheus reads them, after start().
  std::string metrics() const;
  const ReloadMetrics& reloads() const { return reloads_; }
  ReloadMetrics& reloads() { return reloads_; }  // to be kept by who reloads

 private:
  void finish_drain();
  Result<void> prepare_jars(const Config& config);
  Result<std::shared_ptr<SessionTable>> make_table(const std::shared_ptr<const Config>& config);
  void make_warm(const SessionTable* before);

  Loop& loop_;
  Log& log_;
  std::shared_ptr<const Config> config_;
  const std::shared_ptr<const Config> started_with_;
  std::unique_ptr<FileSink> access_sink_;
  AccessLog access_log_;
  Resolver resolver_;
  AddressCache addresses_;
  TrustStores trust_;
  uint64_t last_connection_id_ = 0;
  SessionMetricsByName session_metrics_;
  ReloadMetrics reloads_;
  const WallTime started_;
  UpstreamParts upstream_;
  std::unique_ptr<JarStorage> jars_;  // null if no session has cookies
  ProxyContext context_;
  DownstreamSet clients_;
  Doors doors_;
  SteadyTime warm_until_{};  // until then started_up() looks whether they are there
  bool started_up_ = false;
  std::function<void()> on_drained_;
  Timer drain_deadline_;
  LoopLag lag_;
};

// A free choice of `max` clients that leaves descriptors for the sessions' connections and the
// rest of the process (see downstream.max).
size_t client_limit(const Config& config);

}  // namespace trunkd
