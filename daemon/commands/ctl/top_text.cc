#include "daemon/commands/ctl/top_text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/rfc3339.h"
#include "base/text.h"
#include "daemon/commands/ctl/for_people.h"
#include "daemon/commands/ctl/text_table.h"

namespace trunkd {
namespace {

using Rate = std::optional<double>;
using Right = TextTable::Align;

double seconds_between(const TopSample& before, const TopSample& after) {
  return std::chrono::duration<double>(after.at - before.at).count();
}

// A count that went down belongs to another life of what is counted.
Rate rate_of(const Json& before, const Json& after, double seconds) {
  const auto then = before.get<uint64_t>(), now = after.get<uint64_t>();
  if (now < then || seconds <= 0) return std::nullopt;
  return static_cast<double>(now - then) / seconds;
}

bool same_run(const TopSample& before, const TopSample& after) {
  return before.status.at("pid") == after.status.at("pid") &&
         before.status.at("started") == after.status.at("started");
}

const Json* session_named(const Json& sessions, const Json& name) {
  for (const Json& session : sessions.at("sessions")) {
    if (session.at("name") == name) return &session;
  }
  return nullptr;
}

Rate requests_rate(const TopSample& before, const TopSample& after) {
  if (!same_run(before, after)) return std::nullopt;
  return rate_of(before.status.at("requests"), after.status.at("requests"),
                 seconds_between(before, after));
}

Rate leases_rate(const TopSample& before, const TopSample& after, const Json& session) {
  const Json* then = session_named(before.sessions, session.at("name"));
  if (then == nullptr || !same_run(before, after)) return std::nullopt;
  return rate_of(then->at("leases").at("total"), session.at("leases").at("total"),
                 seconds_between(before, after));
}

std::string rate_shown(const Rate& rate) {
  if (!rate) return "-";
  return *rate < 9.95 ? fmt::format("{:.1f}", *rate)
                      : with_commas(static_cast<uint64_t>(std::llround(*rate)));
}

std::string heading(const TopSample& before, const TopSample& after) {
  const Json& status = after.status;
  return fmt::format("trunkd {} is {} for {}: {} connected, {} requests/s, {} in all\n\n",
                     printable(status.at("version").get_ref<const std::string&>()),
                     printable(status.at("state").get_ref<const std::string&>()),
                     age_text(status.at("uptime_seconds").get<double>()),
                     counted(status.at("clients").at("now").get<uint64_t>(), "client"),
                     rate_shown(requests_rate(before, after)),
                     with_commas(status.at("requests").get<uint64_t>()));
}

std::vector<std::string> top_row(const Json& session, const Rate& rate) {
  const Json& connections = session.at("connections");
  const Json& leases = session.at("leases");
  const auto count = [](const Json& json) { return with_commas(json.get<uint64_t>()); };
  return {printable(session.at("name").get_ref<const std::string&>()),
          printable(session.at("state").get_ref<const std::string&>()),
          rate_shown(rate),
          count(connections.at("busy")),
          count(connections.at("idle")),
          count(connections.at("connecting")),
          count(connections.at("limit")),
          count(session.at("queue").at("waiting")),
          share_text(leases.at("reused").get<uint64_t>(), leases.at("total").get<uint64_t>())};
}

}  // namespace

std::string top_text(const TopSample& before, const TopSample& after) {
  std::vector<std::pair<double, std::vector<std::string>>> rows;
  for (const Json& session : after.sessions.at("sessions")) {
    const Rate rate = leases_rate(before, after, session);
    rows.emplace_back(rate.value_or(0), top_row(session, rate));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  TextTable table({{"NAME"},
                   {"STATE"},
                   {"REQUESTS/S", Right::right},
                   {"BUSY", Right::right},
                   {"IDLE", Right::right},
                   {"CONNECTING", Right::right},
                   {"LIMIT", Right::right},
                   {"WAITING", Right::right},
                   {"REUSE", Right::right}});
  for (auto& [rate, row] : rows) table.add(std::move(row));
  return heading(before, after) + table.text();
}

std::string top_json(const TopSample& before, const TopSample& after) {
  const auto json_of = [](const Rate& rate) { return rate ? Json(*rate) : Json(nullptr); };
  Json object{{"time", rfc3339(after.wall)},
              {"seconds", seconds_between(before, after)},
              {"requests_per_second", json_of(requests_rate(before, after))},
              {"sessions", after.sessions.at("sessions")}};
  for (Json& session : object["sessions"]) {
    session["leases_per_second"] = json_of(leases_rate(before, after, session));
  }
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string cropped(const std::string& text, size_t columns, size_t lines) {
  std::vector<std::string> kept;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    std::string line = text.substr(start, end - start);
    if (columns > 0) {
      size_t at = 0;
      for (size_t shown = 0; at < line.size() && shown < columns; ++shown) {
        at += std::max<size_t>(utf8_length(std::string_view(line).substr(at)), 1);
      }
      line.resize(std::min(at, line.size()));
    }
    kept.push_back(std::move(line));
    start = end + 1;
  }
  if (lines > 0 && kept.size() > lines) {
    const size_t left_out = kept.size() - (lines - 1);
    kept.resize(lines - 1);
    kept.push_back(fmt::format("... and {} more", with_commas(left_out)));
  }
  std::string shown;
  for (const std::string& line : kept) shown += line + '\n';
  return shown;
}

}  // namespace trunkd
