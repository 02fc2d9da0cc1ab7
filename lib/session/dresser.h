// What a session puts on and takes off a message on its way: the request's head that goes upstream,
// the fields of the response that go downstream.

#pragma once

#include <string>
#include <string_view>

#include "base/origin.h"
#include "config/config.h"
#include "http/message.h"
#include "session/router.h"

namespace trunkd {

// The origin was asked to switch protocols: the request names an upgrade that the session lets pass
// (product.md, section 5), and has no body. Empty if not, else the Upgrade value to send.
std::string_view allowed_upgrade(const RequestHead& request, const SessionConfig& session);

// Serialises the request's head for `origin` behind `out`, HTTP/1.1 whatever the client speaks.
// Hop-by-hop fields, what Connection lists and Trunkd-* are left out; spelling, order and
// duplicates of the rest are kept. `max_forwards`: what a Max-Forwards field becomes (it is counted
// down), -1 to keep it.
void append_upstream_head(std::string& out, const RequestHead& request,
                          const SessionConfig& session, const Origin& origin,
                          std::string_view target, int max_forwards = -1);

// Serialises the fields of a response, each with its line end, without framing and Connection,
// which are the sink's.
struct ResponseDressing {
  const SessionConfig& session;
  const Route& route;  // where the request was sent
  std::string_view client_host;
  bool* dropped_secure;  // see client_view.h
};
void append_downstream_fields(std::string& out, const Headers& headers,
                              const ResponseDressing& dressing);

}  // namespace trunkd
