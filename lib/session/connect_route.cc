// The router's answer to CONNECT: a tunnel to HOST:PORT, if there is a session that allows it.

#include <algorithm>
#include <utility>

#include "http/url.h"
#include "session/router.h"
#include "session/routing_errors.h"

namespace trunkd {
namespace {

// Authority-form (RFC 9110, 9.3.6): always with a port.
Result<Origin> tunnel_target(const RequestHead& request) {
  auto authority = parse_authority(request.target);
  if (!authority) return tl::unexpected(std::move(authority.error()));
  if (!authority->port) {
    return failure(ErrorKind::malformed_request, "CONNECT needs HOST:PORT as its target");
  }
  return Origin{Scheme::tunnel, std::move(authority->host), *authority->port};
}

}  // namespace

// As for an absolute form the target decides, and no browser sends CONNECT to what it takes for an
// origin. A Host that is neither the target's nor ours is refused all the same.
Result<Route> Router::connect_route(const RequestHead& request, const Arrival& arrival,
                                    std::optional<size_t>& session) const {
  const auto tunnels = [](const SessionConfig& settings) { return settings.tunnels; };
  const auto& all = config_->sessions;
  const bool possible = arrival.own_session ? settings(*arrival.own_session).tunnels
                                            : std::any_of(all.begin(), all.end(), tunnels);
  if (!possible) return tl::unexpected(connect_refused());

  const RoutingFields fields = routing_fields(request.headers);
  if (!fields.repeated.empty()) return tl::unexpected(repeated_field(fields.repeated));
  auto target = tunnel_target(request);
  if (!target) return tl::unexpected(std::move(target.error()));
  if (fields.host && host_of(*fields.host) != target->host) {
    const auto host = parse_authority(*fields.host);
    if (!host || host->host != target->host) {
      if (auto error = guard_.refuse_host(*fields.host, arrival)) {
        return tl::unexpected(std::move(*error));
      }
    }
  }

  RequestTarget asked;
  asked.form = RequestTarget::Form::absolute;
  asked.authority = request.target;
  asked.url = Url{*target, {}, {}, false};
  auto named = arrival.own_session
                   ? named_by_listener(*config_, *arrival.own_session, asked, fields)
                   : named_by_request(*config_, index_, guard_, asked, fields);
  if (named) session = named->session;
  const SessionConfig* known = session ? &settings(*session) : nullptr;
  // No page is of the target's origin: only allow_origins can let one in.
  if (auto error = guard_.refuse_browser(fields, {}, arrival, known)) {
    return tl::unexpected(std::move(*error));
  }
  if (!named) return tl::unexpected(std::move(named.error()));
  if (!known->tunnels) return tl::unexpected(connect_refused());
  if (!reaches(*known, *target)) {
    return tl::unexpected(known->multi_host ? host_not_allowed(*known, *target)
                                            : wrong_target(*known, request.target, true));
  }
  return Route{named->session, std::move(*target), {}, {ClientView::Kind::absolute, {}}};
}

}  // namespace trunkd
