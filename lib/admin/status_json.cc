#include "admin/status_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/rfc3339.h"
#include "proxy/response_info.h"
#include "upstream/upstream_connection.h"

namespace trunkd {
namespace {

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

double seconds_since(SteadyTime then, SteadyTime now) {
  return seconds(std::max(now - then, Duration::zero()));
}

Json milliseconds(const std::optional<Duration>& time) {
  if (!time) return nullptr;
  return std::chrono::duration<double, std::milli>(*time).count();
}

std::string_view name_of(SessionState state) {
  switch (state) {
    case SessionState::paused:
      return "paused";
    case SessionState::closed:
      return "closed";
    case SessionState::running:
      break;
  }
  return "running";
}

std::string_view name_of(ConnectionView::State state) {
  switch (state) {
    case ConnectionView::State::idle:
      return "idle";
    case ConnectionView::State::busy:
      return "busy";
    case ConnectionView::State::connecting:
      break;
  }
  return "connecting";
}

Json connection_json(const ConnectionView& view, SteadyTime now) {
  Json json{{"id", nullptr},
            {"origin", view.origin->text()},
            {"state", name_of(view.state)},
            {"address", nullptr},
            {"uses", view.uses},
            {"age_seconds", nullptr},
            {"state_seconds", seconds_since(view.since, now)}};
  if (view.connection == nullptr) return json;
  const auto& connection = static_cast<const UpstreamConnection&>(*view.connection);
  json["id"] = connection.id();
  json["address"] = connection.address();
  json["age_seconds"] = seconds_since(view.opened_at, now);
  return json;
}

}  // namespace

Json status_json(const DaemonStatus& status, WallTime now) {
  return {{"version", status.version},
          {"pid", status.pid},
          {"state", status.draining ? "draining" : "running"},
          {"started", rfc3339(status.started)},
          {"uptime_seconds", seconds(now - status.started)},
          {"reloaded", status.reloaded ? Json(rfc3339(*status.reloaded)) : Json(nullptr)},
          {"requests", status.requests},
          {"clients",
           {{"now", status.clients},
            {"max", status.clients_max},
            {"refused", status.clients_refused}}}};
}

Json session_json(const Session& session) {
  const SessionConfig& settings = session.settings();
  const PoolSnapshot pool = session.pool().snapshot();
  Json json{{"name", session.name()},
            {"state", name_of(session.state())},
            {"target", settings.multi_host ? Json("many hosts")
                                           : Json(settings.origin.text() + settings.base_path)},
            {"pool", settings.pool.empty() ? session.name() : settings.pool}};
  json["connections"] = {{"limit", settings.connections},
                         {"connecting", pool.connecting},
                         {"idle", pool.idle},
                         {"busy", pool.leased}};
  json["queue"] = {{"waiting", pool.waiting},
                   {"held", pool.held},
                   {"max", settings.queue.max},
                   {"oldest_seconds", seconds(pool.oldest_wait)}};
  json["leases"] = {{"total", pool.leases}, {"reused", pool.reused}};
  json["opened"] = {{"total", pool.opened}, {"failed", pool.open_failed}};
  json["cookies"] = settings.cookies.keep == CookiesConfig::Keep::off      ? Json("off")
                    : settings.cookies.keep == CookiesConfig::Keep::memory ? Json("memory")
                                                                           : Json("persist");
  return json;
}

Json session_details_json(const Session& session, SteadyTime now) {
  Json json = session_json(session);
  json["origins"] = Json::array();
  for (const OriginView& origin : session.pool().origins()) {
    json["origins"].push_back({{"origin", origin.origin->text()},
                               {"connecting", origin.connecting},
                               {"idle", origin.idle},
                               {"busy", origin.busy},
                               {"waiting", origin.waiting},
                               {"failing", origin.failing}});
  }
  std::vector<ConnectionView> views = session.pool().connections();
  json["connection_list"] = Json::array();
  for (const ConnectionView& view : views) {
    json["connection_list"].push_back(connection_json(view, now));
  }
  return json;
}

Json exchange_json(const RecentExchange& exchange, std::string_view id_prefix) {
  const std::string origin =
      std::string(exchange.scheme).append("://").append(exchange.host.view());
  Json json{{"id", request_id(id_prefix, exchange.number)},
            {"started", rfc3339(exchange.started)},
            {"session", exchange.session.view()},
            {"method", exchange.method.view()},
            {"origin", exchange.scheme.empty() ? Json(nullptr) : Json(origin)},
            {"path", exchange.path.view()},
            {"status", exchange.status},
            {"error", exchange.error.empty() ? Json(nullptr) : Json(exchange.error)},
            {"detail", exchange.detail.empty() ? Json(nullptr) : Json(exchange.detail.view())},
            {"attempts", exchange.attempts},
            {"bytes_in", exchange.bytes_in},
            {"bytes_out", exchange.bytes_out},
            {"connection", nullptr}};
  if (exchange.connection_id != 0) {
    json["connection"] = {{"id", exchange.connection_id},
                          {"reused", exchange.reused},
                          {"uses", exchange.connection_uses}};
  }
  json["milliseconds"] = {
      {"total", milliseconds(exchange.total)}, {"queue", milliseconds(exchange.queue)},
      {"dns", milliseconds(exchange.dns)},     {"connect", milliseconds(exchange.connect)},
      {"tls", milliseconds(exchange.tls)},     {"ttfb", milliseconds(exchange.ttfb)}};
  return json;
}

Json reload_json(const ReloadOutcome& outcome) {
  return {{"reloaded", outcome.good()}, {"added", outcome.added},     {"removed", outcome.removed},
          {"changed", outcome.changed}, {"notices", outcome.notices}, {"errors", outcome.errors}};
}

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace trunkd
