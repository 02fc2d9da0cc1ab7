#include "daemon/metrics_source.h"

#include <set>

#include "daemon/process_metrics.h"
#include "daemon/session_exposition.h"
#include "daemon/version.h"
#include "observe/exposition.h"

namespace trunkd {
namespace {

double unix_seconds(WallTime time) {
  return static_cast<double>(time.time_since_epoch().count()) / 1e6;
}

void expose_process(Exposition& out, WallTime started) {
  out.gauge("trunkd_build_info", "Always 1; the label says which version runs.");
  out.add({{"version", TRUNKD_VERSION}}, uint64_t{1});

  // The names that Prometheus has for every process.
  const ProcessMetrics process = process_metrics();
  out.gauge("process_start_time_seconds", "When the process started, in Unix time.");
  out.add({}, unix_seconds(started));
  out.counter("process_cpu_seconds_total", "CPU time, user and system.");
  out.add({}, process.cpu);
  out.gauge("process_resident_memory_bytes", "Memory that is in RAM.");
  out.add({}, process.resident_bytes);
  out.gauge("process_open_fds", "File descriptors that are open.");
  out.add({}, process.open_descriptors);
  out.gauge("process_max_fds", "How many may be.");
  out.add({}, process.max_descriptors);
}

void expose_clients(Exposition& out, const DownstreamSet& clients) {
  out.gauge("trunkd_clients", "Connections from clients, tunnels excepted.");
  out.add({}, uint64_t{clients.size()});
  out.gauge("trunkd_clients_limit", "The most of them at once.");
  out.add({}, uint64_t{clients.max()});
  out.counter("trunkd_clients_accepted_total", "Connections from clients that were accepted.");
  out.add({}, clients.accepted());
  out.counter("trunkd_clients_refused_total", "Those that were turned away at the limit.");
  out.add({}, clients.refused());
}

void expose_dns(Exposition& out, const AddressCache& addresses) {
  const AddressCacheCounts& counts = addresses.counts();
  out.counter("trunkd_dns_requests_total",
              "Host names that connections asked for: answered with what was known, or after a "
              "lookup.");
  out.add({{"answer", "known"}}, counts.known);
  out.add({{"answer", "looked_up"}}, counts.waited);
  out.counter("trunkd_dns_lookups_total",
              "Name lookups by the system, those that refresh included.");
  out.add({{"result", "found"}}, counts.lookups_found);
  out.add({{"result", "no_such_name"}}, counts.lookups_no_such_name);
  out.add({{"result", "failed"}}, counts.lookups_failed);
  out.histogram("trunkd_dns_lookup_duration_seconds", "What these lookups took.");
  out.add({}, counts.lookup_time);
  out.gauge("trunkd_dns_hosts", "Host names of which something is known.");
  out.add({}, uint64_t{addresses.hosts()});
}

void expose_cookies(Exposition& out, const SessionTable& table, const JarStorage* storage) {
  out.gauge("trunkd_cookie_jars", "Cookie jars, by the name that sessions share them by.");
  std::set<const JarSet*> told;
  for (const auto& session : table.sessions()) {
    const JarSet* jars = session->jars();
    if (jars == nullptr || !told.insert(jars).second) continue;
    out.add({{"jar", jars->name()}}, uint64_t{jars->size()});
  }
  const JarCounts counts = storage == nullptr ? JarCounts{} : *storage->parts().counts;
  out.counter("trunkd_cookie_file_failures_total", "Files of jars that could not be used.");
  out.add({{"operation", "read"}}, counts.failed_reads);
  out.add({{"operation", "write"}}, counts.failed_writes);
}

void expose_loop(Exposition& out, const LoopLag& lag) {
  out.histogram("trunkd_event_loop_lag_seconds",
                "How late the event loop was, measured once a second.");
  out.add({}, lag.histogram());
  out.gauge("trunkd_event_loop_lag_max_seconds", "The most of the last one to two minutes.");
  out.add({}, lag.recent_max());
}

void expose_configuration(Exposition& out, const ReloadMetrics& reloads) {
  out.counter("trunkd_config_reloads_total", "Reloads of the configuration since the start.");
  out.add({{"result", "applied"}}, reloads.applied);
  out.add({{"result", "refused"}}, reloads.refused);
  out.gauge("trunkd_config_last_reload_successful",
            "1: the configuration is what the files say; 0: the last reload was refused.");
  out.add({}, uint64_t{reloads.last_successful});
  out.gauge("trunkd_config_last_reload_success_timestamp_seconds",
            "When the configuration that is in force was read, in Unix time.");
  out.add({}, unix_seconds(reloads.last_success));
}

}  // namespace

std::string metrics_text(const MetricsSource& source) {
  Exposition out;
  expose_process(out, source.started);
  expose_requests(out, source.table, source.unrouted);
  expose_pools(out, source.table);
  expose_queues(out, source.table);
  expose_dns(out, source.addresses);
  expose_cookies(out, source.table, source.jars);
  expose_clients(out, source.clients);
  expose_loop(out, source.lag);
  out.counter("trunkd_access_log_dropped_total",
              "Lines of the access log that were lost: it was too slow or could not be written.");
  out.add({}, source.access_log.dropped());
  expose_configuration(out, source.reloads);
  return out.text();
}

}  // namespace trunkd
