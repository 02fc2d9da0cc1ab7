#include "session/session_naming.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "session/routing_errors.h"

namespace trunkd {
namespace {

// What the ways have said so far: the first name, and the first contradiction.
class Answer {
 public:
  void add(std::string_view way, std::string_view name) {
    if (way_.empty()) {
      way_ = way;
      name_ = name;
    } else if (!contradiction_ && !iequals(name_, name)) {
      contradiction_ = ambiguous_session(way_, name_, way, name);
    }
  }

  bool empty() const { return way_.empty(); }
  std::string_view way() const { return way_; }
  std::string_view name() const { return name_; }
  std::optional<Error>& contradiction() { return contradiction_; }

 private:
  std::string_view way_, name_;
  std::optional<Error> contradiction_;
};

// Host NAME.localhost. One of `names` may look like that and mean trunkd itself.
void add_host_answer(Answer& answer, std::string_view host, const SessionIndex& index,
                     const HostGuard& guard) {
  const std::string_view label = localhost_label(host);
  if (label.empty() || (guard.is_configured_name(host) && !index.by_name(label))) return;
  answer.add("the Host", label);
}

}  // namespace

// Everything that arrives there is that session's. Only a header that says otherwise in so many
// words is refused: the request would go out with the wrong credentials.
Result<NamedSession> named_by_listener(const Config& config, size_t session,
                                       const RequestTarget& target, const RoutingFields& fields) {
  const std::string& name = config.sessions[session].name;
  if (fields.session && !iequals(*fields.session, name)) {
    return tl::unexpected(
        ambiguous_session("the listener", name, "Trunkd-Session", *fields.session));
  }
  return NamedSession{session, target.path, {}, true};
}

Result<NamedSession> named_by_request(const Config& config, const SessionIndex& index,
                                      const HostGuard& guard, const RequestTarget& target,
                                      const RoutingFields& fields) {
  NamedSession named;
  named.path = target.path;
  Answer answer;
  if (fields.session) answer.add("Trunkd-Session", *fields.session);
  std::string user;  // outlives the answer's view of it
  if (fields.proxy_authorization) {
    auto decoded = proxy_user(*fields.proxy_authorization);
    if (!decoded) return tl::unexpected(std::move(decoded.error()));
    user = std::move(*decoded);
    answer.add("the proxy user", user);
  }
  std::vector<size_t> owners;
  if (target.absolute()) {
    owners = index.by_target(target.url->origin);
    if (owners.size() == 1) answer.add("the target's host", config.sessions[owners[0]].name);
  } else {
    add_host_answer(answer, host_of(target.authority), index, guard);
    if (const auto prefix = session_prefix(target.path)) {
      answer.add("the path", prefix->name);
      named.path = prefix->rest;
      named.prefix = prefix->prefix;
    }
  }
  if (answer.contradiction()) return tl::unexpected(std::move(*answer.contradiction()));

  if (const auto known = index.by_name(answer.name())) {
    named.session = *known;
    return named;
  }
  if (!answer.empty()) {
    return tl::unexpected(unknown_session(answer.way(), answer.name(),
                                          index.nearest_names(answer.name()), target.absolute()));
  }
  if (!target.absolute()) return tl::unexpected(no_session_named(config));
  std::vector<std::string_view> names;
  names.reserve(owners.size());
  for (const size_t owner : owners) names.push_back(config.sessions[owner].name);
  return tl::unexpected(no_session_for_target(target.authority, names));
}

}  // namespace trunkd
