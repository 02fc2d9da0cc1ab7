// How a request names its session (product.md, section 3, 1 and 2): several ways, which may all
// be used at once as long as they agree.

#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "config/config.h"
#include "session/host_guard.h"
#include "session/request_target.h"
#include "session/routing_fields.h"
#include "session/session_index.h"

namespace trunkd {

// Views into the request head.
struct NamedSession {
  size_t session = 0;       // index in Config::sessions
  std::string_view path;    // of the request, without `prefix`
  std::string_view prefix;  // "/s/NAME", if that is how it was named
  bool own_listener = false;
};

// On a session's own listener. Error: ambiguous_session.
Result<NamedSession> named_by_listener(const Config& config, size_t session,
                                       const RequestTarget& target, const RoutingFields& fields);

// On the shared port. Errors: ambiguous_session, unknown_session, proxy_session_missing.
Result<NamedSession> named_by_request(const Config& config, const SessionIndex& index,
                                      const HostGuard& guard, const RequestTarget& target,
                                      const RoutingFields& fields);

}  // namespace trunkd
