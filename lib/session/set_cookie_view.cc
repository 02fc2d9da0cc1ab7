#include "session/set_cookie_view.h"

#include <algorithm>

#include "base/text.h"

namespace trunkd {
namespace {

// A cookie of path `outer` goes to requests for `inner` (RFC 6265bis, 5.1.4).
bool covers(std::string_view outer, std::string_view inner) {
  if (!inner.starts_with(outer)) return false;
  return inner.size() == outer.size() || outer.ends_with('/') || inner[outer.size()] == '/';
}

// What a cookie without a Path gets (RFC 6265bis, 5.1.4).
std::string_view default_path(std::string_view request_path) {
  const size_t slash = request_path.rfind('/');
  return slash == 0 || slash == request_path.npos ? "/" : request_path.substr(0, slash);
}

// Where the client has to send a cookie of the upstream path `path`; none: nothing that it can ask
// for through this session gets the cookie.
std::optional<std::string> seen_path(std::string_view path, std::string_view base,
                                     const std::string& prefix) {
  if (base.ends_with('/')) base.remove_suffix(1);
  if (covers(path, base.empty() ? "/" : base)) return prefix.empty() ? "/" : prefix;
  if (!covers(base, path)) return std::nullopt;
  return prefix + std::string(path.substr(base.size()));
}

// A name that promises what a cookie without Secure cannot keep (RFC 6265bis, 4.1.3).
bool promises_secure(std::string_view cookie) {
  return istarts_with(cookie, "__host-") || istarts_with(cookie, "__secure-");
}

}  // namespace

std::optional<std::string> rewrite_set_cookie(std::string_view value, const SessionConfig& session,
                                              const ClientView& view, const Url& sent,
                                              bool* dropped_secure) {
  const bool absolute = view.kind == ClientView::Kind::absolute;
  // Many hosts behind one name: the client would send each one's cookies to all.
  if (view.led_elsewhere || (session.multi_host && !absolute)) return std::nullopt;

  const std::string_view base = session.base_path;
  std::string out;
  bool has_path = false;
  for (size_t start = 0; start <= value.size();) {
    const size_t end = std::min(value.find(';', start), value.size());
    const std::string_view part = value.substr(start, end - start);
    const std::string_view name = trim(part.substr(0, part.find('=')));
    const bool first = start == 0;  // NAME=VALUE, whatever it is called
    start = end + 1;
    if (!first && iequals(name, "secure")) {
      if (dropped_secure != nullptr && promises_secure(trim(value))) *dropped_secure = true;
      continue;
    }
    if (!first && !absolute && iequals(name, "domain")) continue;
    if (!first) out += ';';
    if (first || absolute || !iequals(name, "path")) {
      out += part;
      continue;
    }
    const size_t equals = part.find('=');
    std::string_view path = equals == part.npos ? "" : trim(part.substr(equals + 1));
    if (!path.starts_with('/')) path = default_path(sent.path);
    const auto seen = seen_path(path, base, view.prefix);
    if (!seen) return std::nullopt;
    out += " Path=" + *seen;
    has_path = true;
  }
  // A client that asked for "/s/NAME" would take "/s" and show the cookie to other sessions.
  if (!has_path && view.kind == ClientView::Kind::prefix) {
    const auto seen = seen_path(default_path(sent.path), base, view.prefix);
    out += "; Path=" + seen.value_or(view.prefix);
  }
  return out;
}

}  // namespace trunkd
