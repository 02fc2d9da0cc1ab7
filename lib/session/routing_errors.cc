#include "session/routing_errors.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.h"

namespace trunkd {
namespace {

constexpr size_t kMostNamesListed = 5;

constexpr std::string_view kWays =
    "A request names its session by the session's own listener, the header \"Trunkd-Session: "
    "NAME\", the proxy user name (http_proxy=http://NAME:x@...), the Host NAME.localhost, the path "
    "/s/NAME/..., or an absolute-form target whose host belongs to exactly one session";

// A few of the names: a list of all would help nobody.
std::string some_of(const std::vector<std::string_view>& names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kMostNamesListed); ++i) {
    text += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", names[i]);
  }
  return names.size() > kMostNamesListed ? text + ", ..." : text;
}

}  // namespace

Error connect_refused() {
  return {
      ErrorKind::connect_refused,
      "CONNECT asks for a tunnel, and a tunnel hides the requests in it: trunkd could neither "
      "share a connection among them nor add what the session carries",
      "write http:// instead of https:// in the URL, trunkd speaks TLS to the origin itself; or "
      "use the session's own port as base URL; \"connect: tunnel\" in a session allows tunnels to "
      "its hosts"};
}

Error trace_refused(const SessionConfig& session) {
  return {ErrorKind::trace_refused,
          fmt::format("session \"{}\" does not let TRACE pass: its answer repeats the request, "
                      "credentials included",
                      session.name),
          fmt::format("set sessions.{}.trace to true if you need it", session.name)};
}

Error repeated_field(std::string_view name) {
  return {ErrorKind::malformed_request, fmt::format("{} comes more than once", escaped(name)), ""};
}

Error ambiguous_session(std::string_view first_way, std::string_view first_name,
                        std::string_view second_way, std::string_view second_name) {
  return {ErrorKind::ambiguous_session,
          fmt::format("{} names session \"{}\", but {} names \"{}\"", first_way,
                      escaped(first_name, 64), second_way, escaped(second_name, 64)),
          "name one session; a listener of the session's own takes every path and host as it is"};
}

Error unknown_session(std::string_view way, std::string_view name,
                      const std::vector<std::string_view>& nearest, bool absolute_form) {
  return {absolute_form ? ErrorKind::proxy_session_missing : ErrorKind::unknown_session,
          fmt::format("{} names session \"{}\", which is not configured. {}", way,
                      escaped(name, 64), kWays),
          nearest.empty() ? std::string() : fmt::format("did you mean {}?", some_of(nearest))};
}

Error listener_removed() {
  return {ErrorKind::unknown_session, "the session of this listener was removed by a reload",
          "Connect anew, or look into the configuration."};
}

Error no_session_named(const Config& config) {
  std::vector<std::string_view> names;
  names.reserve(config.sessions.size());
  for (const SessionConfig& session : config.sessions) names.push_back(session.name);
  return {ErrorKind::unknown_session, fmt::format("the request names no session. {}", kWays),
          names.empty() ? std::string("no session is configured")
                        : fmt::format("sessions here: {}", some_of(names))};
}

Error no_session_for_target(std::string_view authority,
                            const std::vector<std::string_view>& owners) {
  const std::string host = escaped(authority);
  if (owners.empty()) {
    return {ErrorKind::proxy_session_missing, fmt::format("no session has the host \"{}\"", host),
            "name the session as proxy user (http_proxy=http://NAME:x@...), or add the host to a "
            "session's base_url or allow_hosts"};
  }
  return {ErrorKind::proxy_session_missing,
          fmt::format("the host \"{}\" belongs to several sessions: {}", host, some_of(owners)),
          "name one as proxy user: http_proxy=http://NAME:x@..."};
}

Error wrong_target(const SessionConfig& session, std::string_view target, bool absolute_form) {
  return {absolute_form ? ErrorKind::misdirected : ErrorKind::target_not_allowed,
          fmt::format("\"{}\" is not the host of session \"{}\", which serves {} only",
                      escaped(target), session.name, session.origin.text()),
          absolute_form
              ? "send other hosts' requests elsewhere (no_proxy), or to a session with allow_hosts"
              : "Trunkd-Target is for sessions with allow_hosts"};
}

Error host_not_allowed(const SessionConfig& session, const Origin& target) {
  return {ErrorKind::target_not_allowed,
          fmt::format("session \"{}\" does not allow the host {}", session.name,
                      escaped(target.text())),
          fmt::format("add it to sessions.{}.allow_hosts", session.name)};
}

Error no_target(const SessionConfig& session, bool own_listener) {
  const std::string path_way =
      own_listener ? std::string()
                   : fmt::format(", or the path /s/{}/https/HOST/...", session.name);
  return {ErrorKind::malformed_request,
          fmt::format("session \"{}\" serves many hosts, and the request names none", session.name),
          fmt::format("name it by an absolute-form target (GET http://HOST/...), by the header "
                      "\"Trunkd-Target: https://HOST\"{}",
                      path_way)};
}

Error malformed_target_field(std::string_view value) {
  return {ErrorKind::malformed_request,
          fmt::format("Trunkd-Target \"{}\" is not SCHEME://HOST[:PORT] without a path",
                      escaped(value.substr(0, value.find('?')))),
          "write it like https://example.org"};
}

Error ambiguous_target(const Origin& first, const Origin& second) {
  return {ErrorKind::malformed_request,
          fmt::format("Trunkd-Target names {}, but the request target names {}", first.text(),
                      second.text()),
          "name one target"};
}

}  // namespace trunkd
