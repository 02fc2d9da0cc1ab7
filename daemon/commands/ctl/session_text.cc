#include "daemon/commands/ctl/session_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/commands/ctl/for_people.h"
#include "daemon/commands/ctl/text_table.h"

namespace trunkd {
namespace {

using Align = TextTable::Align;

std::string shown(const Json& json) { return printable(json.get_ref<const std::string&>()); }
std::string number(const Json& json) { return with_commas(json.get<uint64_t>()); }

bool shares_pool(const Json& session) { return session.at("pool") != session.at("name"); }

std::string reuse(const Json& session) {
  const Json& leases = session.at("leases");
  return share_text(leases.at("reused").get<uint64_t>(), leases.at("total").get<uint64_t>());
}

std::string origins_table(const Json& origins) {
  TextTable table({{"ORIGIN"},
                   {"BUSY", Align::right},
                   {"IDLE", Align::right},
                   {"CONNECTING", Align::right},
                   {"WAITING", Align::right},
                   {""}});
  for (const Json& origin : origins) {
    table.add({shown(origin.at("origin")), number(origin.at("busy")), number(origin.at("idle")),
               number(origin.at("connecting")), number(origin.at("waiting")),
               origin.at("failing").get<bool>() ? "no connection can be opened" : ""});
  }
  return table.empty() ? "" : '\n' + table.text();
}

std::string connections_table(const Json& connections) {
  TextTable table({{"ID", Align::right},
                   {"ORIGIN"},
                   {"ADDRESS"},
                   {"STATE"},
                   {"FOR", Align::right},
                   {"AGE", Align::right},
                   {"USES", Align::right}});
  for (const Json& one : connections) {
    const Json& age = one.at("age_seconds");
    table.add({one.at("id").is_null() ? "-" : std::to_string(one.at("id").get<uint64_t>()),
               shown(one.at("origin")),
               one.at("address").is_null() ? "-" : shown(one.at("address")), shown(one.at("state")),
               age_text(one.at("state_seconds").get<double>()),
               age.is_null() ? "-" : age_text(age.get<double>()), number(one.at("uses"))});
  }
  return table.empty() ? "" : '\n' + table.text();
}

std::string fact(std::string_view name, const std::string& text) {
  return fmt::format("  {:<12}{}\n", name, text);
}

std::string queue_fact(const Json& queue) {
  const auto held = queue.at("held").get<uint64_t>();
  return fmt::format(
      "{} waiting{}, of at most {}", counted(queue.at("waiting").get<uint64_t>(), "request"),
      held == 0 ? "" : fmt::format(" ({} held back)", with_commas(held)), number(queue.at("max")));
}

// " 1 request is under way and goes on."
std::string under_way(const Json& session) {
  const auto busy = session.at("connections").at("busy").get<uint64_t>();
  if (busy == 0) return "";
  return fmt::format(" {} under way {} on.", counted(busy, "request"), busy == 1 ? "goes" : "go");
}

}  // namespace

std::string sessions_table(const Json& answer) {
  const Json& sessions = answer.at("sessions");
  const bool any_shares = std::any_of(sessions.begin(), sessions.end(), shares_pool);
  std::vector<TextTable::Column> columns{{"NAME"},
                                         {"STATE"},
                                         {"TARGET"},
                                         {"BUSY", Align::right},
                                         {"IDLE", Align::right},
                                         {"CONNECTING", Align::right},
                                         {"LIMIT", Align::right},
                                         {"WAITING", Align::right},
                                         {"REUSE", Align::right}};
  if (any_shares) columns.push_back({"POOL OF"});
  TextTable table(std::move(columns));
  for (const Json& session : sessions) {
    const Json& connections = session.at("connections");
    std::vector<std::string> row{shown(session.at("name")),
                                 shown(session.at("state")),
                                 shown(session.at("target")),
                                 number(connections.at("busy")),
                                 number(connections.at("idle")),
                                 number(connections.at("connecting")),
                                 number(connections.at("limit")),
                                 number(session.at("queue").at("waiting")),
                                 reuse(session)};
    if (any_shares) row.push_back(shares_pool(session) ? shown(session.at("pool")) : "");
    table.add(std::move(row));
  }
  return table.empty() ? "There are no sessions.\n" : table.text();
}

std::string session_text(const Json& session) {
  const Json& connections = session.at("connections");
  const Json& leases = session.at("leases");
  const Json& opened = session.at("opened");
  std::string text =
      fmt::format("{} is {}\n", shown(session.at("name")), shown(session.at("state")));
  text += fact("target", shown(session.at("target")));
  if (shares_pool(session)) {
    text += fact("pool", "that of " + shown(session.at("pool")) + ", which these numbers are of");
  }
  text += fact("connections",
               fmt::format("{} busy, {} idle, {} connecting, of at most {}",
                           number(connections.at("busy")), number(connections.at("idle")),
                           number(connections.at("connecting")), number(connections.at("limit"))));
  text += fact("queue", queue_fact(session.at("queue")));
  text += fact("reuse", fmt::format("{} of {} requests got a kept connection ({})",
                                    number(leases.at("reused")), number(leases.at("total")),
                                    reuse(session)));
  text += fact("opened", fmt::format("{}; {} failed",
                                     counted(opened.at("total").get<uint64_t>(), "connection"),
                                     number(opened.at("failed"))));
  text += fact("cookies", shown(session.at("cookies")));
  return text + origins_table(session.at("origins")) +
         connections_table(session.at("connection_list"));
}

std::string verb_sentence(std::string_view verb, const Json& session) {
  const std::string name = shown(session.at("name"));
  if (verb == "pause") {
    return name + " is paused: requests wait until trunkd ctl resume " + name + '.' +
           under_way(session) + '\n';
  }
  if (verb == "resume") return name + " is running.\n";
  if (verb == "reconnect") {
    return name + " uses no connection of before for further requests." + under_way(session) + '\n';
  }
  if (verb == "kill") {
    return name + " is paused, and what was under way was ended. Go on with trunkd ctl resume " +
           name + ".\n";
  }
  if (verb == "close") {
    return name + " is closed: requests are refused until trunkd ctl start " + name + '.' +
           under_way(session) + '\n';
  }
  return name + (session.at("target") == "many hosts"
                     ? " is running; connections are opened as requests need them.\n"
                     : " is running, and its connections are being opened.\n");
}

}  // namespace trunkd
