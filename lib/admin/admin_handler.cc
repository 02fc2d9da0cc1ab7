#include "admin/admin_handler.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "admin/embedded.h"
#include "admin/status_json.h"
#include "base/text.h"
#include "config/config_yaml.h"
#include "cookie/cookie_list.h"
#include "cookie/cookies_txt.h"
#include "cookie/cookies_txt_reader.h"
#include "http/url.h"
#include "http/writer.h"
#include "proxy/response_info.h"

namespace trunkd {
namespace {

constexpr size_t kMostRequests = RecentExchanges::kNotable;
constexpr uint64_t kMostStarted = 1000;  // connections that one call opens

AdminReply json_reply(const Json& json, int status = 200) {
  AdminReply reply;
  reply.status = status;
  reply.body = dump(json);
  return reply;
}

AdminReply text_reply(int status, std::string text, std::string content_type) {
  AdminReply reply;
  reply.status = status;
  reply.body = std::move(text);
  reply.content_type = std::move(content_type);
  return reply;
}

AdminReply probe_reply(bool good, std::string_view reason) {
  return text_reply(good ? 200 : 503, std::string(good ? "ok" : reason) + '\n',
                    "text/plain; charset=utf-8");
}

AdminReply no_such(std::string_view what, std::string_view name, std::string_view rest = "") {
  return admin_problem(
      404, "Not found",
      "there is no " + std::string(what) + " \"" + escaped(name) + '"' + std::string(rest));
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

AdminReply admin_problem(int status, std::string_view title, std::string_view detail) {
  AdminReply reply;
  reply.status = status;
  reply.content_type = "application/problem+json";
  reply.body =
      dump({{"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}});
  return reply;
}

struct AdminHandler::Call {
  const AdminRequest& request;
  AdminDoor& door;
  std::string_view session;  // of a path with one
  std::string_view last;     // the path's last segment

  // A member of the body; an empty body is an object without members.
  Result<std::optional<std::string>> text(const char* name) const;
  Result<std::optional<uint64_t>> number(const char* name) const;

 private:
  Result<Json> member(const char* name) const;
};

Result<Json> AdminHandler::Call::member(const char* name) const {
  if (request.body.find_first_not_of(" \t\r\n") == std::string::npos) return Json(nullptr);
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) return failure(ErrorKind::malformed_request, "the body is no JSON object");
  const auto found = body.find(name);
  return found == body.end() ? Json(nullptr) : *found;
}

Result<std::optional<std::string>> AdminHandler::Call::text(const char* name) const {
  auto found = member(name);
  if (!found) return tl::unexpected(found.error());
  if (found->is_null()) return std::nullopt;
  if (!found->is_string()) {
    return failure(ErrorKind::malformed_request, '"' + std::string(name) + "\" must be a text");
  }
  return found->get<std::string>();
}

Result<std::optional<uint64_t>> AdminHandler::Call::number(const char* name) const {
  auto found = member(name);
  if (!found) return tl::unexpected(found.error());
  if (found->is_null()) return std::nullopt;
  if (!found->is_number_unsigned()) {
    return failure(ErrorKind::malformed_request, '"' + std::string(name) + "\" must be a number");
  }
  return found->get<uint64_t>();
}

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

// A request about cookies that are being read from their file.
struct AdminHandler::Waiting {
  AdminRequest request;
  AdminDoor door;  // a copy: its owner may close it meanwhile
  std::shared_ptr<AdminReplyTo> to;
  std::optional<JarWaiter> waiter{};
};

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

// --- cookies

namespace {

// The jar that the call means, read; or why there is none.
tl::expected<std::shared_ptr<Jar>, AdminReply> jar_of(Session& session, const AdminRequest& request,
                                                      const std::optional<std::string>& named) {
  JarSet* jars = session.jars();
  if (jars == nullptr) {
    return tl::unexpected(
        admin_problem(404, "No cookies", "session \"" + session.name() + "\" keeps no cookies"));
  }
  const std::string value = named ? *named : std::string(request.parameter("jar"));
  auto jar = jars->find(value);
  if (!jar) {
    return tl::unexpected(
        value.empty() ? admin_problem(400, "Which jar?",
                                      "the session has one jar for each value of Trunkd-Jar; say "
                                      "which by \"jar\"")
                      : no_such("jar", value));
  }
  if (!jar->is_read()) {
    return tl::unexpected(admin_problem(
        503, "Cannot be read",
        jar->failure() ? jar->failure()->detail : "the jar is being read again; ask later"));
  }
  return jar;
}

}  // namespace

// The jar that a request about cookies means, if it has to be read from its file first.
std::shared_ptr<Jar> AdminHandler::jar_to_read(const AdminRequest& request, AdminDoor& door) const {
  const Call call = call_of(request, door);
  if (call.session.empty() || request.path.size() < 3 || request.path[2] != "cookies") return {};
  const auto session = session_of(call);
  if (!session || session->jars() == nullptr) return {};
  const auto named = call.text("jar");
  if (!named) return {};
  auto jar = session->jars()->find(named->value_or(std::string(request.parameter("jar"))));
  return jar && !jar->is_read() ? jar : nullptr;
}

void AdminHandler::wait_for(std::shared_ptr<Jar> jar, const AdminRequest& request,
                            const AdminDoor& door, const std::shared_ptr<AdminReplyTo>& to) {
  waiting_.emplace_front();
  const auto place = waiting_.begin();
  place->request = request;
  place->door = door;
  place->to = to;
  place->waiter.emplace([this, place] { on_jar_read(place); });
  jar->open();
  place->waiter->wait(std::move(jar));
}

// Or it cannot be read: then the answer says so.
void AdminHandler::on_jar_read(std::list<Waiting>::iterator place) {
  std::list<Waiting> one;
  one.splice(one.begin(), waiting_, place);
  answer(one.front().request, one.front().door, one.front().to);
}

AdminReply AdminHandler::list_cookies(const Call& call) {
  const auto session = session_of(call);
  if (!session) return no_such("session", call.session);
  const auto jar = jar_of(*session, call.request, std::nullopt);
  if (!jar) return jar.error();
  return text_reply(200, cookie_json((*jar)->cookies()), "application/json");
}

AdminReply AdminHandler::export_cookies(const Call& call) {
  const auto session = session_of(call);
  if (!session) return no_such("session", call.session);
  if (call.door.kind == AdminDoor::Kind::page) {
    return admin_problem(403, "Not by the page", "values of cookies are for trunkd ctl");
  }
  const auto jar = jar_of(*session, call.request, std::nullopt);
  if (!jar) return jar.error();
  return text_reply(200, cookies_txt((*jar)->cookies()), "text/plain; charset=utf-8");
}

AdminReply AdminHandler::clear_cookies(const Call& call) {
  const auto session = session_of(call);
  if (!session) return no_such("session", call.session);
  const auto name = call.text("name");
  const auto domain = call.text("domain");
  const auto which = call.text("jar");
  for (const auto* member : {&name, &domain, &which}) {
    if (!*member) return admin_problem(400, "Malformed request", member->error().detail);
  }
  std::string within;
  if (*domain) {
    const std::string_view given = **domain;
    auto host = normalize_host(given.starts_with('.') ? given.substr(1) : given);
    if (!host) return admin_problem(400, "Malformed request", "domain: " + host.error().detail);
    within = std::move(*host);
  }
  const auto jar = jar_of(*session, call.request, *which);
  if (!jar) return jar.error();
  const size_t removed = (*jar)->remove([&](const Cookie& cookie) {
    return (!*name || cookie.name == **name) &&
           (within.empty() || cookie.domain == within || cookie.domain.ends_with('.' + within));
  });
  return json_reply({{"removed", removed}, {"left", (*jar)->size()}});
}

AdminReply AdminHandler::import_cookies(const Call& call) {
  const auto session = session_of(call);
  if (!session) return no_such("session", call.session);
  const auto text = call.text("cookies_txt");
  const auto which = call.text("jar");
  for (const auto* member : {&text, &which}) {
    if (!*member) return admin_problem(400, "Malformed request", member->error().detail);
  }
  if (!*text) return admin_problem(400, "Malformed request", "\"cookies_txt\" is missing");
  const auto jar = jar_of(*session, call.request, *which);
  if (!jar) return jar.error();
  const WallTime now = host_.clock().wall_now();
  CookiesTxtReader reader(now);
  reader.read(**text);
  const size_t kept = (*jar)->add(reader.cookies(), now);
  return json_reply(
      {{"imported", kept}, {"malformed_lines", reader.malformed()}, {"cookies", (*jar)->size()}});
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
