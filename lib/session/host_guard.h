// Who may use a local port at all: requests whose Host names this machine, and no web page of
// another origin (product.md, section 6, 2 and 3). The first stops DNS rebinding, the second a page
// that sends requests to localhost.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/origin.h"
#include "config/config.h"
#include "session/arrival.h"
#include "session/caseless.h"
#include "session/routing_fields.h"

namespace trunkd {

// The host of an authority in its usual spelling, without port, brackets and one trailing dot;
// empty if that takes more than a look (parse_authority). No copy: this runs for every request.
std::string_view host_of(std::string_view authority);
// NAME of "NAME.localhost", in any case; empty if `host` is something else.
std::string_view localhost_label(std::string_view host);

class HostGuard {
 public:
  explicit HostGuard(const Config& config);  // must outlive the guard

  // Why a request with this authority (the Host field, or an absolute form's own) is refused:
  // misdirected, or malformed_request if it is none. The port is ignored: a container's may be
  // published under another.
  std::optional<Error> refuse_host(std::string_view authority, const Arrival& arrival) const;

  // `target` is the listener itself, port included.
  bool is_listener(const Origin& target, const Arrival& arrival) const;

  // `host`, as the configuration writes it, is one of `names`.
  bool is_configured_name(std::string_view host) const { return names_.contains(host); }

  // browser_origin, if a web page that nobody allowed seems to have sent this. `authority` as
  // above, already accepted; `session` null: none was found.
  std::optional<Error> refuse_browser(const RoutingFields& fields, std::string_view authority,
                                      const Arrival& arrival, const SessionConfig* session) const;

 private:
  bool accepts(std::string_view host, const Arrival& arrival) const;
  Error misdirected(std::string_view authority, const Arrival& arrival) const;

  const Config& config_;
  CaselessSet names_;  // of the configuration, normalized
  struct OwnNames {
    std::string localhost;  // NAME.localhost
    std::string base_host;  // empty for a multi-host session
  };
  std::vector<OwnNames> own_;  // by session
};

}  // namespace trunkd
