// The routes about cookies; a jar that has not been read yet is waited for.

#include <optional>
#include <utility>

#include "admin/admin_call.h"
#include "cookie/cookie_list.h"
#include "cookie/cookies_txt.h"
#include "cookie/cookies_txt_reader.h"
#include "http/url.h"

namespace trunkd {

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
        value.empty() ? admin_problem(400, kWhichJar,
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

}  // namespace trunkd
