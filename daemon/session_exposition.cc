#include "daemon/session_exposition.h"

#include <array>
#include <string_view>
#include <vector>

namespace trunkd {
namespace {

struct Counted {
  std::string_view session;
  const SessionMetrics& metrics;
};

using CountedSessions = std::vector<Counted>;

CountedSessions counted_sessions(const SessionTable& table, const SessionMetrics& unrouted) {
  CountedSessions all;
  for (const auto& session : table.sessions()) all.push_back({session->name(), session->metrics()});
  all.push_back({"", unrouted});
  return all;
}

std::vector<const Session*> pool_owners(const SessionTable& table) {
  std::vector<const Session*> owners;
  for (const auto& session : table.sessions()) {
    if (session->settings().pool.empty()) owners.push_back(session.get());
  }
  return owners;
}

// One of those that are nothing but a number of each session.
struct PlainMetric {
  std::string_view name, help;
  uint64_t SessionMetrics::*value;
  bool is_gauge = false;
};

constexpr PlainMetric kPlainMetrics[] = {
    {"trunkd_requests_total", "Requests that were read and found to be the session's.",
     &SessionMetrics::requests},
    {"trunkd_requests_active", "Of these, those that have not ended.", &SessionMetrics::active,
     true},
    {"trunkd_tunnels_total", "Of the requests, those that became a tunnel.",
     &SessionMetrics::tunnels},
    {"trunkd_tunnels_active", "Tunnels that have not ended.", &SessionMetrics::tunnels_active,
     true},
    {"trunkd_request_body_bytes_total", "Payload from clients, that of tunnels included.",
     &SessionMetrics::bytes_in},
    {"trunkd_response_body_bytes_total", "Payload to clients, that of tunnels included.",
     &SessionMetrics::bytes_out},
    {"trunkd_redirects_followed_total", "Redirects that were followed for a client.",
     &SessionMetrics::redirects},
    {"trunkd_pauses_total", "Pauses that an origin asked for and gets from all callers.",
     &SessionMetrics::pauses},
    {"trunkd_cookies_stored_total", "Cookies of answers that changed a jar.",
     &SessionMetrics::cookies_stored},
};

constexpr std::array<std::string_view, StatusCounts::kClasses> kStatusClasses = {
    "other", "1xx", "2xx", "3xx", "4xx", "5xx"};

void expose_answers(Exposition& out, const CountedSessions& sessions) {
  out.counter("trunkd_responses_total",
              "Whole answers, by who made them and by the class of their status.");
  for (const auto& [session, metrics] : sessions) {
    for (size_t i = 0; i < kStatusClasses.size(); ++i) {
      const std::string_view code = kStatusClasses[i];
      out.add({{"session", session}, {"source", "origin"}, {"code", code}},
              metrics.from_origin.of_class(i));
      out.add({{"session", session}, {"source", "trunkd"}, {"code", code}},
              metrics.from_us.of_class(i));
    }
  }
}

// Kinds that have not occurred are left out: there are many, and few of them ever do.
void expose_errors(Exposition& out, std::string_view session, std::string_view label,
                   const ErrorCounts& counts) {
  for (size_t i = 0; i < kErrorKinds; ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    if (counts.of(kind) == 0) continue;
    out.add({{"session", session}, {label, failure_of(kind).word}}, counts.of(kind));
  }
}

void expose_failures(Exposition& out, const CountedSessions& sessions) {
  out.counter("trunkd_error_responses_total", "Answers that trunkd made to tell of an error.");
  for (const auto& [session, metrics] : sessions) {
    expose_errors(out, session, "error", metrics.errors);
  }
  out.counter("trunkd_requests_aborted_total",
              "Requests that got no answer or not a whole one, by the reason.");
  for (const auto& [session, metrics] : sessions) {
    if (metrics.aborted.of(ErrorKind::client_gone) == 0) {
      out.add({{"session", session}, {"reason", failure_of(ErrorKind::client_gone).word}},
              uint64_t{0});
    }
    expose_errors(out, session, "reason", metrics.aborted);
  }
}

void expose_second_tries(Exposition& out, const CountedSessions& sessions) {
  out.counter("trunkd_retries_total", "Further attempts for a request, by what they follow.");
  for (const auto& [session, metrics] : sessions) {
    out.add({{"session", session}, {"reason", "connect"}}, metrics.retries_connect);
    out.add({{"session", session}, {"reason", "status"}}, metrics.retries_status);
    out.add({{"session", session}, {"reason", "replay"}}, metrics.retries_replay);
  }
  out.counter("trunkd_stale_connections_total",
              "Kept connections that turned out to be dead, by what became of the request.");
  for (const auto& [session, metrics] : sessions) {
    out.add({{"session", session}, {"outcome", "replaced"}}, metrics.stale_replaced);
    out.add({{"session", session}, {"outcome", "replayed"}}, metrics.stale_replayed);
    out.add({{"session", session}, {"outcome", "failed"}}, metrics.stale_failed);
  }
}

void expose_durations(Exposition& out, const CountedSessions& sessions) {
  out.histogram("trunkd_request_duration_seconds",
                "From a request's head to the end of its whole answer, tunnels excepted.");
  for (const auto& [session, metrics] : sessions) out.add({{"session", session}}, metrics.total);
  out.histogram(
      "trunkd_request_phase_duration_seconds",
      "Of that: waiting for a connection, and from sending the request to the head of the "
      "answer.");
  for (const auto& [session, metrics] : sessions) {
    out.add({{"session", session}, {"phase", "queue"}}, metrics.queue);
    out.add({{"session", session}, {"phase", "first_byte"}}, metrics.first_byte);
  }
}

// --- pools

void expose_openings(Exposition& out, const std::vector<const Session*>& owners) {
  out.counter("trunkd_connection_open_failures_total",
              "Connections that could not be opened, by the reason.");
  for (const Session* owner : owners) {
    const ErrorCounts& failed = owner->metrics().opening.failed;
    if (failed.of(ErrorKind::connection_refused) == 0) {
      out.add(
          {{"session", owner->name()}, {"error", failure_of(ErrorKind::connection_refused).word}},
          uint64_t{0});
    }
    expose_errors(out, owner->name(), "error", failed);
  }
  out.histogram("trunkd_connection_phase_duration_seconds",
                "What each connection took to be opened: name lookup, TCP, TLS.");
  for (const Session* owner : owners) {
    const OpeningMetrics& opening = owner->metrics().opening;
    out.add({{"session", owner->name()}, {"phase", "dns"}}, opening.dns);
    out.add({{"session", owner->name()}, {"phase", "connect"}}, opening.connect);
    out.add({{"session", owner->name()}, {"phase", "tls"}}, opening.tls);
  }
  out.counter("trunkd_tls_handshakes_total", "TLS handshakes with origins.");
  for (const Session* owner : owners) {
    const OpeningMetrics& opening = owner->metrics().opening;
    out.add({{"session", owner->name()}, {"result", "full"}}, opening.handshakes_full);
    out.add({{"session", owner->name()}, {"result", "resumed"}}, opening.handshakes_resumed);
    out.add({{"session", owner->name()}, {"result", "failed"}}, opening.handshakes_failed);
  }
  out.counter("trunkd_tls_file_reloads_total",
              "Authorities, certificates and keys that were read again after a change.");
  for (const Session* owner : owners) {
    const OpeningMetrics& opening = owner->metrics().opening;
    out.add({{"session", owner->name()}, {"result", "used"}}, opening.tls_files_used);
    out.add({{"session", owner->name()}, {"result", "refused"}}, opening.tls_files_refused);
  }
}

}  // namespace

void expose_requests(Exposition& out, const SessionTable& table, const SessionMetrics& unrouted) {
  const CountedSessions sessions = counted_sessions(table, unrouted);
  for (const PlainMetric& metric : kPlainMetrics) {
    metric.is_gauge ? out.gauge(metric.name, metric.help) : out.counter(metric.name, metric.help);
    for (const auto& [session, metrics] : sessions) {
      out.add({{"session", session}}, metrics.*metric.value);
    }
  }
  expose_answers(out, sessions);
  expose_failures(out, sessions);
  expose_second_tries(out, sessions);
  expose_durations(out, sessions);
}

void expose_pools(Exposition& out, const SessionTable& table) {
  const std::vector<const Session*> owners = pool_owners(table);
  out.gauge("trunkd_connections", "Connections of the session's pool, by state.");
  for (const Session* owner : owners) {
    const PoolSnapshot pool = owner->pool().snapshot();
    out.add({{"session", owner->name()}, {"state", "connecting"}}, uint64_t{pool.connecting});
    out.add({{"session", owner->name()}, {"state", "idle"}}, uint64_t{pool.idle});
    out.add({{"session", owner->name()}, {"state", "active"}}, uint64_t{pool.leased});
  }
  out.gauge("trunkd_connections_limit", "The most connections the pool may have in all states.");
  for (const Session* owner : owners) {
    out.add({{"session", owner->name()}}, uint64_t{owner->settings().connections});
  }
  out.counter("trunkd_connections_opened_total", "Connections that were opened.");
  for (const Session* owner : owners) {
    out.add({{"session", owner->name()}}, owner->pool().snapshot().opened);
  }
  out.counter("trunkd_connections_closed_total", "Connections that are no more, by the reason.");
  for (const Session* owner : owners) {
    const CloseCounts closed = owner->pool().snapshot().closed;
    for (size_t i = 0; i < kCloseReasons.size(); ++i) {
      out.add({{"session", owner->name()}, {"reason", kCloseReasons[i]}},
              closed.of(static_cast<CloseReason>(i)));
    }
  }
  out.counter("trunkd_connection_leases_total",
              "Attempts that got a connection: a new one or a reused one.");
  for (const Session* owner : owners) {
    const PoolSnapshot pool = owner->pool().snapshot();
    out.add({{"session", owner->name()}, {"connection", "new"}}, pool.leases - pool.reused);
    out.add({{"session", owner->name()}, {"connection", "reused"}}, pool.reused);
  }
  expose_openings(out, owners);
}

void expose_queues(Exposition& out, const SessionTable& table) {
  out.gauge("trunkd_queue_depth", "Requests of the session that wait in the queue.");
  for (const auto& session : table.sessions()) {
    out.add({{"session", session->name()}}, uint64_t{session->queue_share().waiting});
  }
  out.gauge("trunkd_queue_limit",
            "How many may wait beyond those for whom a connection can be opened.");
  for (const auto& session : table.sessions()) {
    out.add({{"session", session->name()}}, uint64_t{session->settings().queue.max});
  }
  out.gauge("trunkd_paused_origins", "Origins that have a pause now.");
  for (const auto& session : table.sessions()) {
    out.add({{"session", session->name()}}, uint64_t{session->pacing().paused_count()});
  }
  const std::vector<const Session*> owners = pool_owners(table);
  out.gauge("trunkd_queue_held",
            "Of those who wait for the pool, who is held by a rate or a pause.");
  for (const Session* owner : owners) {
    out.add({{"session", owner->name()}}, uint64_t{owner->pool().snapshot().held});
  }
  out.gauge("trunkd_queue_oldest_seconds",
            "How long the oldest of them has waited; 0: nobody does.");
  for (const Session* owner : owners) {
    out.add({{"session", owner->name()}}, owner->pool().snapshot().oldest_wait);
  }
  out.counter("trunkd_queue_rejections_total",
              "Tries that got no connection though none had failed, by the reason.");
  for (const Session* owner : owners) {
    const RejectionCounts rejected = owner->pool().snapshot().rejected;
    for (size_t i = 0; i < kRejections.size(); ++i) {
      out.add({{"session", owner->name()}, {"reason", kRejections[i]}},
              rejected.of(static_cast<Rejection>(i)));
    }
  }
}

}  // namespace trunkd
