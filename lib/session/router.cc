#include "session/router.h"

#include <utility>

#include "http/url.h"
#include "session/routing_errors.h"
#include "session/url_rule.h"

namespace trunkd {
namespace {

ClientView view_of(const RequestTarget& target, const NamedSession& named) {
  if (target.absolute()) return {ClientView::Kind::absolute, {}};
  if (named.prefix.empty()) return {ClientView::Kind::local, {}};
  return {ClientView::Kind::prefix, std::string(named.prefix)};
}

// Trunkd-Target: SCHEME://HOST[:PORT]. A single "/" at the end is what URL libraries add.
Result<Origin> parse_target_field(std::string_view value) {
  auto url = parse_url(value);
  if (!url || url->path != "/" || url->has_query)
    return tl::unexpected(malformed_target_field(value));
  return std::move(url->origin);
}

}  // namespace

Url Route::sent_url() const {
  Url url;
  url.origin = origin;
  const std::string_view sent = target == "*" ? "/" : std::string_view(target);
  const size_t question = sent.find('?');
  url.path = sent.substr(0, question);
  url.has_query = question != std::string_view::npos;
  if (url.has_query) url.query = sent.substr(question + 1);
  return url;
}

Router::Router(std::shared_ptr<const Config> config)
    : config_(std::move(config)), guard_(*config_), index_(*config_) {}

Result<Route> Router::route(const RequestHead& request, const Arrival& arrival,
                            std::optional<size_t>* session_of_error) const {
  std::optional<size_t> session = arrival.own_session;
  auto route = find_route(request, arrival, session);
  if (!route && session_of_error != nullptr) *session_of_error = session;
  return route;
}

// The order is part of the promise: who may not ask at all learns nothing of the sessions.
Result<Route> Router::find_route(const RequestHead& request, const Arrival& arrival,
                                 std::optional<size_t>& session) const {
  if (arrival.removed) return tl::unexpected(listener_removed());
  if (request.method == "CONNECT") return connect_route(request, arrival, session);
  const RoutingFields fields = routing_fields(request.headers);
  if (!fields.repeated.empty()) return tl::unexpected(repeated_field(fields.repeated));
  auto target = judged_target(request, arrival, fields);
  if (!target) return tl::unexpected(std::move(target.error()));

  auto named = arrival.own_session
                   ? named_by_listener(*config_, *arrival.own_session, *target, fields)
                   : named_by_request(*config_, index_, guard_, *target, fields);
  if (named) session = named->session;
  const SessionConfig* known = session ? &settings(*session) : nullptr;
  if (auto error = guard_.refuse_browser(fields, target->authority, arrival, known)) {
    return tl::unexpected(std::move(*error));
  }
  if (!named) return tl::unexpected(std::move(named.error()));
  if (request.method == "TRACE" && !known->trace) return tl::unexpected(trace_refused(*known));
  return known->multi_host ? multi_host_route(*target, fields, *named)
                           : single_host_route(*target, fields, *named);
}

Result<RequestTarget> Router::judged_target(const RequestHead& request, const Arrival& arrival,
                                            const RoutingFields& fields) const {
  if (!fields.host && request.minor_version > 0) {
    return failure(ErrorKind::malformed_request, "an HTTP/1.1 request needs a Host field");
  }
  auto target = parse_request_target(request, fields.host);
  if (!target) return target;
  if (target->absolute()) {
    // One that names the listener itself says no more than a Host field does. base_url goes first:
    // it may lie on a name of this machine as well.
    const bool of_base_url = arrival.own_session && !settings(*arrival.own_session).multi_host &&
                             reaches(settings(*arrival.own_session), target->url->origin);
    // Else the Host field counts for nothing (RFC 9112, 3.2.2): the target decides, and no browser
    // sends an absolute form to what it takes for an origin.
    if (of_base_url || !guard_.is_listener(target->url->origin, arrival)) return target;
    target->form =
        target->path == "*" ? RequestTarget::Form::asterisk : RequestTarget::Form::origin;
  }
  const bool without_host = request.minor_version == 0 && !fields.host;
  if (without_host && arrival.own_session) return target;
  if (auto error = guard_.refuse_host(target->authority, arrival)) {
    return tl::unexpected(std::move(*error));
  }
  return target;
}

Result<Route> Router::single_host_route(const RequestTarget& target, const RoutingFields& fields,
                                        const NamedSession& named) const {
  const SessionConfig& session = settings(named.session);
  if (target.absolute() && !reaches(session, target.url->origin)) {
    return tl::unexpected(wrong_target(session, target.authority, true));
  }
  if (fields.target) {
    const auto asked = parse_target_field(*fields.target);
    if (!asked) return tl::unexpected(asked.error());
    if (!reaches(session, *asked))
      return tl::unexpected(wrong_target(session, *fields.target, false));
  }
  // Whoever writes the origin's URL means its whole path: nothing is put before it.
  const bool joins = target.form == RequestTarget::Form::origin;
  const std::string_view base_path = joins ? std::string_view(session.base_path) : "";
  Route route{named.session, session.origin, join_target(base_path, named.path),
              view_of(target, named)};
  add_params(route.target, session.params);
  return route;
}

Result<Route> Router::multi_host_route(const RequestTarget& target, const RoutingFields& fields,
                                       const NamedSession& named) const {
  const SessionConfig& session = settings(named.session);
  Route route{named.session, {}, {}, view_of(target, named)};
  std::string_view path = named.path;
  std::optional<Origin> asked;
  if (target.absolute()) {
    asked = target.url->origin;
  } else if (const auto by_path = named.prefix.empty() ? std::nullopt : path_target(named.path)) {
    auto url = parse_url(std::string(by_path->scheme) + "://" + std::string(by_path->authority));
    if (!url) return tl::unexpected(std::move(url.error()));
    asked = std::move(url->origin);
    path = by_path->rest;
    route.view.kind = ClientView::Kind::target;
  }
  if (fields.target) {
    auto by_field = parse_target_field(*fields.target);
    if (!by_field) return tl::unexpected(std::move(by_field.error()));
    if (asked && *asked != *by_field) return tl::unexpected(ambiguous_target(*by_field, *asked));
    asked = std::move(*by_field);
  }
  if (!asked) return tl::unexpected(no_target(session, named.own_listener));
  if (!allows(session.allow_hosts, *asked))
    return tl::unexpected(host_not_allowed(session, *asked));
  route.origin = std::move(*asked);
  route.target = join_target({}, path);
  add_params(route.target, session.params);
  return route;
}

}  // namespace trunkd
