#include "session/client_view.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "session/set_cookie_view.h"

namespace trunkd {
namespace {

// `path` as the client sees it if it lies in `base_path` (whole segments).
std::optional<std::string_view> below(std::string_view base_path, std::string_view path) {
  if (path == base_path) return "/";  // request path "/" stands for the base exactly as written
  if (base_path.ends_with('/')) base_path.remove_suffix(1);
  if (!path.starts_with(base_path)) return std::nullopt;
  path.remove_prefix(base_path.size());
  if (!path.starts_with('/')) return std::nullopt;
  return path;
}

std::string query_of(const Url& url) { return url.has_query ? '?' + url.query : std::string(); }

// base_url and endpoint stand behind "/" (or the prefix). A path needs no host in Location (RFC
// 9110, 10.2.2), so nothing has to be guessed about the name by which the client reached us, be it
// a published port or a Unix socket.
std::optional<std::string> path_reference(const Url& url, const SessionConfig& session,
                                          const ClientView& view, const Url& sent) {
  if (view.led_elsewhere || url.origin != sent.origin) return std::nullopt;
  const std::string_view base = session.multi_host ? std::string_view() : session.base_path;
  const auto path = below(base, url.path);
  if (!path) return std::nullopt;
  // base_path "/v1" cannot say "/v1/": that would be "/" again, and an origin that redirects from
  // one to the other would send the client in circles. It gets the URL instead.
  if (*path == "/" && url.path != base && sent.path == base) return std::nullopt;
  // "//x" would name a host; the dot segment keeps it a path (RFC 3986, 4.2).
  const bool looks_like_host = view.prefix.empty() && path->starts_with("//");
  return (looks_like_host ? "/." : view.prefix) + std::string(*path) + query_of(url);
}

// http_proxy clients cannot ask for https without CONNECT: a session's own origin is http to them.
// A multi-host session keeps the two apart, as an origin that redirects from one to the other
// would send the client in circles.
std::optional<std::string> absolute_reference(const Url& url, const SessionConfig& session) {
  if (session.multi_host || url.origin != session.origin) return std::nullopt;
  Url seen = url;
  seen.origin.scheme = Scheme::http;
  if (url.origin.port == default_port(url.origin.scheme)) seen.origin.port = 80;
  return seen.text();
}

// What all URLs of one response are seen from.
struct Viewpoint {
  const SessionConfig& session;
  const ClientView& view;
  const Url& sent;
  const Credential* credential;
};

// The reference in a field's value, rewritten; what cannot be resolved stays.
std::string rewrite_reference(std::string_view reference, const Viewpoint& from) {
  auto resolved = resolve_reference(from.sent, reference);
  if (!resolved) {
    return from.credential != nullptr ? from.credential->cut_from_text(reference)
                                      : std::string(reference);
  }
  const bool cut = from.credential != nullptr && from.credential->cut_from(resolved->url);
  if (auto seen = client_reference(resolved->url, from.session, from.view, from.sent)) {
    return std::move(*seen) + resolved->fragment;
  }
  // Outside of the view. One that was absolute keeps its spelling.
  if (!cut && (istarts_with(reference, "http://") || istarts_with(reference, "https://"))) {
    return std::string(reference);
  }
  return resolved->url.text() + resolved->fragment;
}

// Where the URL of "5; url=/next" starts, as browsers read it: the separator may be a comma, "url="
// is optional. The value's size if there is none.
size_t refresh_url_at(std::string_view value) {
  const auto skip_spaces = [&](size_t at) {
    return std::min(value.find_first_not_of(" \t", at), value.size());
  };
  const size_t separator = value.find_first_not_of("0123456789. \t");
  if (separator == value.npos || (value[separator] != ';' && value[separator] != ',')) {
    return value.size();
  }
  const size_t at = skip_spaces(separator + 1);
  if (!istarts_with(value.substr(at), "url")) return at;
  const size_t equals = skip_spaces(at + 3);
  return equals < value.size() && value[equals] == '=' ? skip_spaces(equals + 1) : at;
}

std::string rewrite_refresh(std::string_view value, const Viewpoint& from) {
  size_t start = refresh_url_at(value);
  size_t end = value.size();
  if (start < end && (value[start] == '"' || value[start] == '\'')) {
    end = std::min(value.find(value[start], start + 1), value.size());
    ++start;
  }
  if (start >= end) return std::string(value);
  std::string out(value.substr(0, start));
  out += rewrite_reference(value.substr(start, end - start), from);
  return out.append(value.substr(end));
}

// Each <...> outside of quoted parameters (RFC 8288, 3).
std::string rewrite_link(std::string_view value, const Viewpoint& from) {
  std::string out;
  bool quoted = false;
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    out += c;
    if (quoted && c == '\\' && i + 1 < value.size()) out += value[++i];
    if (c == '"') quoted = !quoted;
    if (quoted || c != '<') continue;
    const size_t end = value.find('>', i);
    if (end == value.npos) continue;
    out += rewrite_reference(value.substr(i + 1, end - i - 1), from);
    out += '>';
    i = end;
  }
  return out;
}

}  // namespace

std::optional<std::string> client_reference(const Url& url, const SessionConfig& session,
                                            const ClientView& view, const Url& sent) {
  switch (view.kind) {
    case ClientView::Kind::local:
    case ClientView::Kind::prefix:
      return path_reference(url, session, view, sent);
    case ClientView::Kind::absolute:
      return absolute_reference(url, session);
    case ClientView::Kind::target:
      if (!allows(session.allow_hosts, url.origin)) return std::nullopt;
      return view.prefix + (url.origin.secure() ? "/https/" : "/http/") + url.origin.authority() +
             url.path_and_query();
  }
  return std::nullopt;
}

// The first letter rules out most fields.
bool is_rewritten(std::string_view name) {
  if (name.empty()) return false;
  switch (ascii_lower(name.front())) {
    case 'a':
      return iequals(name, "alt-svc");
    case 'c':
      return iequals(name, "content-location");
    case 'l':
      return iequals(name, "location") || iequals(name, "link");
    case 'r':
      return iequals(name, "refresh");
    case 's':
      return iequals(name, "set-cookie") || iequals(name, "strict-transport-security");
    case 't':
      return istarts_with(name, "trunkd-");
    default:
      return false;
  }
}

std::optional<std::string> rewrite_field(std::string_view name, std::string_view value,
                                         const SessionConfig& session, const ClientView& view,
                                         const Url& sent, bool* set_cookie_dropped_secure,
                                         const Credential* credential) {
  const Viewpoint from{session, view, sent, credential};
  if (iequals(name, "location") || iequals(name, "content-location")) {
    return rewrite_reference(value, from);
  }
  if (iequals(name, "link")) return rewrite_link(value, from);
  if (iequals(name, "refresh")) return rewrite_refresh(value, from);
  if (iequals(name, "set-cookie")) {
    return rewrite_set_cookie(value, session, view, sent, set_cookie_dropped_secure);
  }
  // Alt-Svc and Strict-Transport-Security would lead a client of plain http past us; Trunkd-* is
  // ours alone.
  if (is_rewritten(name)) return std::nullopt;
  return std::string(value);
}

}  // namespace trunkd
