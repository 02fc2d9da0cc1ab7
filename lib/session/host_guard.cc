#include "session/host_guard.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.h"
#include "http/url.h"

namespace trunkd {
namespace {

constexpr std::string_view kLocalhostSuffix = ".localhost";
constexpr size_t kMostOwnNamesListed = 5;

bool is_port(std::string_view text) {
  const uint64_t port = parse_decimal(text).value_or(0);
  return port >= 1 && port <= 65535;
}

std::string normalized_or_same(std::string_view name) {
  std::string_view bare = name;
  if (bare.starts_with('[') && bare.ends_with(']')) bare = bare.substr(1, bare.size() - 2);
  auto normalized = normalize_host(bare);
  return normalized ? std::move(*normalized) : std::string(name);
}

bool is_loopback(std::string_view ip) { return ip.starts_with("127.") || ip == "::1"; }

std::string_view without_default_port(std::string_view authority) {
  if (authority.ends_with(":80") && !authority.ends_with("::80")) authority.remove_suffix(3);
  return authority;
}

// The page lies on the very name and port that it asks, or does as if: WebSocket libraries send
// this without any page.
bool is_own_origin(std::string_view origin, std::string_view authority) {
  return !authority.empty() && istarts_with(origin, "http://") &&
         iequals(without_default_port(origin.substr(7)), without_default_port(authority));
}

bool lists(const std::vector<std::string>& allow_origins, std::string_view origin) {
  return std::any_of(allow_origins.begin(), allow_origins.end(),
                     [&](const std::string& allowed) { return iequals(allowed, origin); });
}

}  // namespace

std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) {
    const size_t end = authority.find(']');
    if (end == authority.npos) return {};
    const std::string_view rest = authority.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return {};
    return authority.substr(1, end - 1);
  }
  if (const size_t colon = authority.find(':'); colon != authority.npos) {
    if (!is_port(authority.substr(colon + 1))) return {};
    authority = authority.substr(0, colon);
  }
  if (authority.ends_with('.')) authority.remove_suffix(1);
  return authority;
}

std::string_view localhost_label(std::string_view host) {
  if (host.size() <= kLocalhostSuffix.size()) return {};
  const size_t dot = host.size() - kLocalhostSuffix.size();
  if (!iequals(host.substr(dot), kLocalhostSuffix)) return {};
  host = host.substr(0, dot);
  return host.find('.') == host.npos ? host : std::string_view();
}

HostGuard::HostGuard(const Config& config) : config_(config) {
  for (const std::string& name : config.names) names_.insert(normalized_or_same(name));
  for (const SessionConfig& session : config.sessions) {
    own_.push_back({session.name + std::string(kLocalhostSuffix), session.origin.host});
  }
}

bool HostGuard::accepts(std::string_view host, const Arrival& arrival) const {
  if (host.empty()) return false;
  if (iequals(host, "localhost") || host == "127.0.0.1" || host == "::1") return true;
  if (names_.contains(host)) return true;
  // No name server can answer with an address literal, so a rebound name never looks like this.
  if (iequals(host, arrival.local_ip)) return config_.expose || is_loopback(arrival.local_ip);
  if (!arrival.own_session) return !localhost_label(host).empty();  // whether NAME exists: a 404
  const OwnNames& own = own_[*arrival.own_session];
  return iequals(host, own.localhost) || iequals(host, own.base_host);
}

std::optional<Error> HostGuard::refuse_host(std::string_view authority,
                                            const Arrival& arrival) const {
  if (arrival.unix_socket) return std::nullopt;  // no browser and no DNS gets there
  if (accepts(host_of(authority), arrival)) return std::nullopt;
  if (!authority.empty()) {  // an unusual spelling, or a name that is not ours
    const auto parsed = parse_authority(authority);
    if (!parsed) return parsed.error();
    if (accepts(parsed->host, arrival)) return std::nullopt;
  }
  return misdirected(authority, arrival);
}

bool HostGuard::is_listener(const Origin& target, const Arrival& arrival) const {
  const uint16_t port = arrival.unix_socket ? default_port(Scheme::http) : arrival.local_port;
  return !target.secure() && target.port == port && accepts(target.host, arrival);
}

Error HostGuard::misdirected(std::string_view authority, const Arrival& arrival) const {
  std::string accepted = "localhost, 127.0.0.1, [::1], ";
  if (arrival.own_session) {
    const OwnNames& own = own_[*arrival.own_session];
    accepted += own.localhost;
    if (!own.base_host.empty()) accepted += ", " + own.base_host + " (of base_url)";
  } else {
    accepted += "NAME.localhost";
  }
  for (size_t i = 0; i < config_.names.size() && i < kMostOwnNamesListed; ++i) {
    accepted += ", " + config_.names[i];
  }
  const std::string what = authority.empty()
                               ? std::string("a request without Host is not served here")
                               : fmt::format("\"{}\" is not served here", escaped(authority));
  return {ErrorKind::misdirected, fmt::format("{}; this listener answers to {}", what, accepted),
          "use one of these names, or add yours to the setting \"names\""};
}

std::optional<Error> HostGuard::refuse_browser(const RoutingFields& fields,
                                               std::string_view authority, const Arrival& arrival,
                                               const SessionConfig* session) const {
  if (!fields.origin && !fields.cross_site && !fields.preflight) return std::nullopt;
  if (arrival.unix_socket) return std::nullopt;
  // "null" stands for any sandboxed page, so even a setting that lists it cannot mean it.
  if (fields.origin && !fields.several_origins && !iequals(*fields.origin, "null")) {
    if (is_own_origin(*fields.origin, authority)) return std::nullopt;
    if (session != nullptr && lists(session->allow_origins, *fields.origin)) return std::nullopt;
  }
  const std::string who = fields.origin
                              ? fmt::format("a web page of origin \"{}\"", escaped(*fields.origin))
                              : std::string("a web page of another site");
  const std::string setting = session != nullptr
                                  ? fmt::format("sessions.{}.allow_origins", session->name)
                                  : std::string("allow_origins of the session");
  return Error{ErrorKind::browser_origin,
               fmt::format("{} may not use this port, else any page you visit could", who),
               fmt::format("if the page is yours, list its origin in {}", setting)};
}

}  // namespace trunkd
