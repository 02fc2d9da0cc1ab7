#include "session/dresser.h"

#include <optional>

#include "base/text.h"
#include "http/fields.h"
#include "http/url.h"
#include "http/writer.h"
#include "session/client_view.h"

namespace trunkd {
namespace {

constexpr std::string_view kVia = "1.1 trunkd";

bool is_ours(std::string_view name) { return istarts_with(name, "trunkd-"); }

bool is_framing(std::string_view name) {
  return iequals(name, "content-length") || iequals(name, "transfer-encoding");
}

// Fields that no origin gets to see, whatever Connection says.
bool stays_here(std::string_view name, const ConnectionOptions& connection) {
  return is_hop_by_hop(name) || is_framing(name) || is_ours(name) || connection.lists(name);
}

// What a TRACE must not carry, since its answer shows it to whoever asked (RFC 9110, 9.3.8), and
// what an HTTP/1.0 client cannot mean: it cannot be told to go on (RFC 9110, 10.1.1).
bool is_unwanted(std::string_view name, const RequestHead& request) {
  if (request.method == "TRACE") return iequals(name, "authorization") || iequals(name, "cookie");
  return request.minor_version == 0 && iequals(name, "expect");
}

Url sent_url(const Route& route) {
  Url url;
  url.origin = route.origin;
  const std::string_view target = route.target == "*" ? "/" : std::string_view(route.target);
  const size_t question = target.find('?');
  url.path = target.substr(0, question);
  url.has_query = question != std::string_view::npos;
  if (url.has_query) url.query = target.substr(question + 1);
  return url;
}

}  // namespace

std::string_view allowed_upgrade(const RequestHead& request, const SessionConfig& session) {
  if (request.minor_version == 0 || request.framing.has_body()) return {};
  const auto upgrade = request.headers.get("Upgrade");
  if (!upgrade || request.headers.count("Upgrade") != 1) return {};
  if (!ConnectionOptions(request.headers).upgrade()) return {};
  for (const std::string& allowed : session.upgrade) {
    if (iequals(trim(*upgrade), allowed)) return *upgrade;
  }
  return {};
}

void append_upstream_head(std::string& out, const RequestHead& request,
                          const SessionConfig& session, const Origin& origin,
                          std::string_view target, int max_forwards) {
  const ConnectionOptions connection(request.headers);
  append_request_line(out, request.method, target);
  bool has_host = false;
  for (const Field field : request.headers) {
    if (iequals(field.name, "host")) {
      append_field(out, field.name, origin.authority());
      has_host = true;
    } else if (stays_here(field.name, connection) || is_unwanted(field.name, request)) {
      continue;
    } else if (max_forwards >= 0 && iequals(field.name, "max-forwards")) {
      append_field(out, field.name, static_cast<uint64_t>(max_forwards));
    } else {
      append_field(out, field.name, field.value);
    }
  }
  if (!has_host) append_field(out, "Host", origin.authority());
  if (const std::string_view upgrade = allowed_upgrade(request, session); !upgrade.empty()) {
    append_field(out, "Connection", "Upgrade");
    append_field(out, "Upgrade", upgrade);
  }
  if (session.via) append_field(out, "Via", kVia);
  append_framing(out, request.framing);
  append_end_of_head(out);
}

void append_downstream_fields(std::string& out, const Headers& headers,
                              const ResponseDressing& dressing) {
  const ConnectionOptions connection(headers);
  std::optional<Url> sent;  // only made when a field needs it
  for (const Field field : headers) {
    if (is_hop_by_hop(field.name) || is_framing(field.name) || connection.lists(field.name)) {
      continue;
    }
    if (!is_rewritten(field.name)) {
      append_field(out, field.name, field.value);
      continue;
    }
    if (!sent) sent = sent_url(dressing.route);
    const auto rewritten = rewrite_field(field.name, field.value, dressing.session,
                                         dressing.route.view, *sent, dressing.dropped_secure);
    if (rewritten) append_field(out, field.name, *rewritten);
  }
  if (dressing.session.via) append_field(out, "Via", kVia);
}

}  // namespace trunkd
