// What a session puts on and takes off a request on its way to an origin; for the way back see
// response_dresser.h.

#pragma once

#include <string>
#include <string_view>

#include "base/origin.h"
#include "base/result.h"
#include "config/config.h"
#include "http/message.h"
#include "session/credential.h"
#include "upstream/proxy_access.h"

namespace trunkd {

inline constexpr std::string_view kVia = "1.1 trunkd";

// The origin was asked to switch protocols: the request names an upgrade that the session lets pass
// (product.md, section 5), and has no body. Empty if not, else the Upgrade value to send.
std::string_view allowed_upgrade(const RequestHead& request, const SessionConfig& session);

// One request as it goes to one origin: the client's, or what a redirect has made of it.
struct Outgoing {
  const RequestHead& request;
  std::string_view method;
  const Origin& origin;
  std::string_view target;  // without what `auth: query` adds
  BodyFraming framing;
  // A redirect has turned it into a GET: nothing may speak of a body (RFC 9110, 15.4).
  bool body_dropped = false;
  // A redirect has led to another origin than the client's request went to: what proves who the
  // client is stays behind.
  bool crossed_origin = false;
  // What the jar adds, "a=1; b=2"; the client wins by name. Empty: its own Cookie fields stay.
  std::string_view jar_cookies{};
  int max_forwards = -1;  // what a Max-Forwards field becomes (it is counted down); -1: it stays
  // The connection ends at this proxy, which gets the request in absolute form (RFC 9112, 3.2.2)
  // and its own login. Null: at the origin, or in a tunnel to it.
  const ProxyAccess* proxy = nullptr;
};

// Serialises the request's head behind `out`, HTTP/1.1 whatever the client speaks. Of the client's
// fields spelling, order and duplicates are kept; hop-by-hop ones, what Connection lists and
// Trunkd-* are left out. In this order: remove_headers, headers (the client wins), cookies, auth
// (where it applies, in place of the client's own), set_headers (win over all), framing. A TRACE
// gets no credential, cookie or set_headers. `headers` and `set_headers` that prove who the session
// is go only to origins that it trusts(); see docs/configuration.md. `credential` may be null.
// Error: credential_unavailable; the request must not be sent.
Result<void> append_upstream_head(std::string& out, const Outgoing& outgoing,
                                  const SessionConfig& session, const Credential* credential);

}  // namespace trunkd
