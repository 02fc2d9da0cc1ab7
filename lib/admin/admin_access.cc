#include "admin/admin_access.h"

#include "base/text.h"
#include "http/writer.h"

namespace trunkd {
namespace {

std::string_view path_of(const RequestHead& head) {
  return std::string_view(head.target).substr(0, head.target.find('?'));
}

bool is_probe(std::string_view path) {
  return path == "/livez" || path == "/readyz" || path == "/startupz";
}

// The page itself knows nothing; it asks with the token that it was opened with.
bool needs_no_token(const RequestHead& head) {
  const std::string_view path = path_of(head);
  return path == "/" || path == "/token" || is_probe(path);
}

bool brings_token(const AdminDoor& door, const RequestHead& head) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto field = head.headers.get("Authorization");
  return field && !door.token.empty() && istarts_with(*field, kScheme) &&
         equal_secrets(trim(field->substr(kScheme.size())), door.token);
}

AdminReply refused(const Error& error) {
  const Failure& failure = failure_of(error.kind);
  return admin_problem(failure.status, failure.title, error.detail);
}

}  // namespace

bool equal_secrets(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference |=
        static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

std::optional<AdminReply> refuse_admin(const AdminDoor& door, const HostGuard& guard,
                                       const RequestHead& head) {
  const bool reads = head.method == "GET" || head.method == "HEAD";
  if (!reads && head.method != "POST") {
    AdminReply reply = admin_problem(405, "Method not allowed", "GET, HEAD and POST are known");
    append_field(reply.fields, "Allow", "GET, HEAD, POST");
    return reply;
  }
  if (door.is_tcp()) {
    const RoutingFields fields = routing_fields(head.headers);
    const std::string_view host = fields.host.value_or("");
    if (auto error = guard.refuse_host(host, door.arrival)) return refused(*error);
    if (auto error = guard.refuse_browser(fields, host, door.arrival, nullptr)) {
      return refused(*error);
    }
  }
  const std::string_view path = path_of(head);
  switch (door.kind) {
    case AdminDoor::Kind::scraper:
      if (reads && (path == "/metrics" || is_probe(path))) return std::nullopt;
      return admin_problem(404, "Not here",
                           "this listener has /metrics, /livez, /readyz and /startupz only");
    case AdminDoor::Kind::page:
      if (!reads && path != "/token") {
        return admin_problem(403, "Reading only",
                             "this port was opened for the status page; verbs are for trunkd ctl");
      }
      [[fallthrough]];
    case AdminDoor::Kind::remote:
      if (needs_no_token(head) || brings_token(door, head)) break;
      {
        AdminReply reply =
            admin_problem(401, "Token needed", "send Authorization: Bearer with the admin token");
        append_field(reply.fields, "WWW-Authenticate", "Bearer");
        return reply;
      }
    case AdminDoor::Kind::local:
      break;
  }
  const auto type = head.headers.get("Content-Type");
  const bool is_json = type && iequals(trim(type->substr(0, type->find(';'))), "application/json");
  if (!reads && !is_json) {
    return admin_problem(415, "JSON only", "POST needs Content-Type: application/json");
  }
  return std::nullopt;
}

}  // namespace trunkd
