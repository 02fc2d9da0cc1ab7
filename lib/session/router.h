// Router: which session a request names, which origin it goes to and with what target
// (product.md, section 3), and who may ask at all (section 6, 1-3). Pure: it knows the
// configuration and one request head, nothing else.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/origin.h"
#include "base/result.h"
#include "config/config.h"
#include "http/message.h"
#include "http/url.h"
#include "session/arrival.h"
#include "session/host_guard.h"
#include "session/request_target.h"
#include "session/routing_fields.h"
#include "session/session_index.h"
#include "session/session_naming.h"

namespace trunkd {

// How the client sees what it asked for; Location and its kin are rewritten into this view
// (client_view.h).
struct ClientView {
  enum class Kind : uint8_t {
    local,   // own listener, Host NAME.localhost, header or proxy user with an origin-form target:
             // paths stand for base path + endpoint + path
    prefix,  // /s/NAME/...: as local, behind `prefix`
    target,  // /s/NAME/https/host[:port]/...: any URL of an allowed host behind
             // "/s/NAME/SCHEME/HOST"
    absolute,  // an absolute-form target: http://host/path
  };
  Kind kind = Kind::local;
  std::string prefix;  // "/s/NAME" as the client wrote it (Kind::prefix and target)
  // A redirect that was followed has led to another origin than the client asked: its paths are not
  // the client's, and its cookies neither.
  bool led_elsewhere = false;
};

struct Route {
  size_t session = 0;  // index in Config::sessions
  Origin origin;       // what a connection is opened to
  // Origin-form, or "*" for OPTIONS *; base path, endpoint and params applied. Empty for a tunnel.
  std::string target;
  ClientView view;

  Url sent_url() const;  // what `auth: query` adds is not in it; of "*" the origin's own
};

class Router {
 public:
  explicit Router(std::shared_ptr<const Config> config);

  // Errors: malformed_request, ambiguous_session, unknown_session (its detail lists the ways),
  // proxy_session_missing, misdirected, browser_origin, target_not_allowed, connect_refused,
  // trace_refused. If the session is already known when the error is found, `session_of_error` gets
  // its index (for problem text and log).
  Result<Route> route(const RequestHead& request, const Arrival& arrival,
                      std::optional<size_t>* session_of_error = nullptr) const;

  const HostGuard& guard() const { return guard_; }

 private:
  Result<Route> find_route(const RequestHead& request, const Arrival& arrival,
                           std::optional<size_t>& session) const;
  Result<Route> connect_route(const RequestHead& request, const Arrival& arrival,
                              std::optional<size_t>& session) const;
  Result<RequestTarget> judged_target(const RequestHead& request, const Arrival& arrival,
                                      const RoutingFields& fields) const;
  Result<Route> single_host_route(const RequestTarget& target, const RoutingFields& fields,
                                  const NamedSession& named) const;
  Result<Route> multi_host_route(const RequestTarget& target, const RoutingFields& fields,
                                 const NamedSession& named) const;
  const SessionConfig& settings(size_t session) const { return config_->sessions[session]; }

  std::shared_ptr<const Config> config_;
  HostGuard guard_;
  SessionIndex index_;
};

}  // namespace trunkd
