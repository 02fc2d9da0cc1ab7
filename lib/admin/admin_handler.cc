#include "admin/admin_handler.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "admin/admin_call.h"
#include "admin/embedded.h"
#include "admin/status_json.h"
#include "base/text.h"
#include "config/config_yaml.h"
#include "http/writer.h"
#include "proxy/response_info.h"

namespace trunkd {
namespace {

constexpr size_t kMostRequests = RecentExchanges::kNotable;
constexpr uint64_t kMostStarted = 1000;  // connections that one call opens

AdminReply probe_reply(bool good, std::string_view reason) {
  return text_reply(good ? 200 : 503, std::string(good ? "ok" : reason) + '\n',
                    "text/plain; charset=utf-8");
}

// The number behind the prefix of a request id; none: it is not one of this run.
std::optional<uint64_t> number_of(std::string_view id, std::string_view prefix) {
  if (!id.starts_with(prefix)) return std::nullopt;
  std::string_view digits = id.substr(prefix.size());
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const auto number = parse_decimal(digits);
  if (!number || request_id(prefix, *number) != id) return std::nullopt;
  return number;
}

}  // namespace

struct AdminHandler::Route {
  std::string_view method;
  std::string_view path;                            // "/sessions/*/pause"
  AdminReply (AdminHandler::*answer)(const Call&);  // null: reload(), which answers later
};

const std::vector<AdminHandler::Route>& AdminHandler::routes() {
  static const std::vector<Route> all{
      {"GET", "/", &AdminHandler::page},
      {"GET", "/livez", &AdminHandler::healthy},
      {"GET", "/readyz", &AdminHandler::ready},
      {"GET", "/startupz", &AdminHandler::started_up},
      {"GET", "/metrics", &AdminHandler::metrics},
      {"GET", "/openapi.json", &AdminHandler::openapi},
      {"GET", "/status", &AdminHandler::status},
      {"GET", "/config", &AdminHandler::configuration},
      {"GET", "/sessions", &AdminHandler::list_sessions},
      {"GET", "/sessions/*", &AdminHandler::one_session},
      {"POST", "/sessions/*/pause", &AdminHandler::verb},
      {"POST", "/sessions/*/resume", &AdminHandler::verb},
      {"POST", "/sessions/*/reconnect", &AdminHandler::verb},
      {"POST", "/sessions/*/kill", &AdminHandler::verb},
      {"POST", "/sessions/*/start", &AdminHandler::verb},
      {"POST", "/sessions/*/close", &AdminHandler::verb},
      {"GET", "/sessions/*/cookies", &AdminHandler::list_cookies},
      {"GET", "/sessions/*/cookies/export", &AdminHandler::export_cookies},
      {"POST", "/sessions/*/cookies/clear", &AdminHandler::clear_cookies},
      {"POST", "/sessions/*/cookies/import", &AdminHandler::import_cookies},
      {"GET", "/requests", &AdminHandler::list_requests},
      {"GET", "/requests/*", &AdminHandler::one_request},
      {"POST", "/drain", &AdminHandler::drain},
      {"POST", "/reload", nullptr},
      {"POST", "/page", &AdminHandler::open_page},
      {"POST", "/token", &AdminHandler::exchange_token},
  };
  return all;
}

AdminHandler::AdminHandler(AdminHost& host) : host_(host) {}
AdminHandler::~AdminHandler() = default;

std::vector<std::string> AdminHandler::route_names() {
  std::vector<std::string> names;
  names.reserve(routes().size());
  for (const Route& route : routes()) {
    names.push_back(std::string(route.method) + ' ' + std::string(route.path));
  }
  return names;
}

const HostGuard& AdminHandler::guard() const { return host_.sessions().router().guard(); }

namespace {

bool fits(std::string_view pattern, const std::vector<std::string>& path) {
  size_t at = 0;
  for (size_t start = 1; start < pattern.size(); ++at) {
    const size_t end = std::min(pattern.find('/', start), pattern.size());
    const std::string_view segment = pattern.substr(start, end - start);
    if (at == path.size() || (segment != "*" && segment != path[at])) return false;
    start = end + 1;
  }
  return at == path.size();
}

}  // namespace

void AdminHandler::handle(const AdminRequest& request, AdminDoor& door,
                          const std::shared_ptr<AdminReplyTo>& to) {
  if (auto jar = jar_to_read(request, door)) return wait_for(std::move(jar), request, door, to);
  answer(request, door, to);
}

AdminHandler::Call AdminHandler::call_of(const AdminRequest& request, AdminDoor& door) {
  Call call{request, door, {}, request.path.empty() ? "" : std::string_view(request.path.back())};
  if (request.path.size() > 1 && request.path[0] == "sessions") call.session = request.path[1];
  return call;
}

void AdminHandler::answer(const AdminRequest& request, AdminDoor& door,
                          const std::shared_ptr<AdminReplyTo>& to) {
  const Call call = call_of(request, door);
  std::string allowed;
  for (const Route& route : routes()) {
    if (!fits(route.path, request.path)) continue;
    if (route.method != request.method) {
      allowed = route.method;
      continue;
    }
    if (route.answer == nullptr) return reload(to);
    return to->reply((this->*route.answer)(call));
  }
  if (allowed.empty()) {
    return to->reply(admin_problem(404, "Not found", "/openapi.json lists what there is"));
  }
  AdminReply reply = admin_problem(405, "Method not allowed", "this path takes " + allowed);
  append_field(reply.fields, "Allow", allowed == "GET" ? "GET, HEAD" : allowed);
  to->reply(std::move(reply));
}

// --- probes and texts

AdminReply AdminHandler::healthy(const Call&) { return probe_reply(true, ""); }

AdminReply AdminHandler::ready(const Call&) {
  return probe_reply(!host_.status().draining, "draining");
}

AdminReply AdminHandler::started_up(const Call&) {
  return probe_reply(host_.status().started_up, "warm connections are not there yet");
}

AdminReply AdminHandler::metrics(const Call&) {
  return text_reply(200, host_.metrics(), "text/plain; version=0.0.4; charset=utf-8");
}

AdminReply AdminHandler::page(const Call&) {
  AdminReply reply = text_reply(200, std::string(embedded_page()), "text/html; charset=utf-8");
  append_field(reply.fields, "Content-Security-Policy",
               "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
               "connect-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'");
  append_field(reply.fields, "Referrer-Policy", "no-referrer");
  return reply;
}

AdminReply AdminHandler::openapi(const Call&) {
  return text_reply(200, std::string(embedded_openapi()), "application/json");
}

AdminReply AdminHandler::status(const Call&) {
  return json_reply(status_json(host_.status(), host_.clock().wall_now()));
}

AdminReply AdminHandler::configuration(const Call&) {
  return text_reply(200, to_yaml(host_.sessions().config()), "application/yaml");
}

// --- sessions

std::shared_ptr<Session> AdminHandler::session_of(const Call& call) const {
  const std::string name = to_lower(call.session);
  for (const auto& session : host_.sessions().sessions()) {
    if (session->name() == name) return session;
  }
  return nullptr;
}

AdminReply AdminHandler::list_sessions(const Call&) {
  Json list = Json::array();
  for (const auto& session : host_.sessions().sessions()) list.push_back(session_json(*session));
  return json_reply({{"sessions", std::move(list)}});
}

AdminReply AdminHandler::one_session(const Call& call) {
  const auto session = session_of(call);
  if (!session) return no_such("session", call.session);
  return json_reply(session_details_json(*session, host_.clock().now()));
}

AdminReply AdminHandler::verb(const Call& call) {
  const auto session = session_of(call);
  if (!session) return no_such("session", call.session);
  if (call.last == "pause") session->pause();
  if (call.last == "resume") session->resume();
  if (call.last == "reconnect") session->reconnect();
  if (call.last == "kill") host_.kill(*session);
  if (call.last == "close") session->close();
  if (call.last == "start") {
    const auto count = call.number("connections");
    if (!count) return admin_problem(400, "Malformed request", count.error().detail);
    const size_t warm = std::max<size_t>(session->settings().keepalive.warm, 1);
    session->start(static_cast<size_t>(std::min(count->value_or(warm), kMostStarted)));
  }
  return json_reply(session_json(*session));
}

// --- requests

AdminReply AdminHandler::list_requests(const Call& call) {
  const std::string session = to_lower(call.request.parameter("session"));
  size_t most = kMostRequests;
  if (const std::string_view limit = call.request.parameter("limit"); !limit.empty()) {
    const auto number = parse_decimal(limit);
    if (!number) return admin_problem(400, "Malformed request", "limit must be a number");
    most = static_cast<size_t>(std::min<uint64_t>(*number, kMostRequests));
  }
  Json list = Json::array();
  for (const RecentExchange* exchange : host_.recent().notable(session, most)) {
    list.push_back(exchange_json(*exchange, host_.id_prefix()));
  }
  return json_reply({{"requests", std::move(list)}});
}

AdminReply AdminHandler::one_request(const Call& call) {
  const auto number = number_of(call.last, host_.id_prefix());
  const RecentExchange* found = number ? host_.recent().find(*number) : nullptr;
  if (found == nullptr) {
    return no_such("request", call.last,
                   number ? ": it has not ended, or too many have ended since"
                          : ": it was not answered by this run of trunkd");
  }
  return json_reply(exchange_json(*found, host_.id_prefix()));
}

// --- the daemon

AdminReply AdminHandler::drain(const Call&) {
  host_.drain();
  return json_reply({{"state", "draining"}}, 202);
}

void AdminHandler::reload(const std::shared_ptr<AdminReplyTo>& to) {
  host_.reload([to](const ReloadOutcome& outcome) {
    to->reply(json_reply(reload_json(outcome), outcome.good() ? 200 : 422));
  });
}

AdminReply AdminHandler::open_page(const Call&) {
  auto page = host_.open_page();
  if (!page) return admin_problem(500, "Cannot open a port", page.error().detail);
  AdminReply reply = json_reply({{"url", page->url}});
  reply.keeps = std::move(page->door);
  return reply;
}

AdminReply AdminHandler::exchange_token(const Call& call) {
  const auto token = call.text("token");
  if (!token) return admin_problem(400, "Malformed request", token.error().detail);
  AdminDoor& door = call.door;
  const bool once = *token && !door.one_time.empty() && equal_secrets(**token, door.one_time);
  const bool known = *token && !door.token.empty() && equal_secrets(**token, door.token);
  if (once) door.one_time.clear();
  if (!once && !known) {
    return admin_problem(403, "Token not accepted",
                         "it is wrong, or was used before; run trunkd ctl page again");
  }
  return json_reply({{"token", door.token}});
}

}  // namespace trunkd
