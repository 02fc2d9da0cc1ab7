// Rules about fields that both directions share: which are hop-by-hop, what Connection lists.

#pragma once

#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/headers.h"

namespace trunkd {

// Connection, Keep-Alive, Proxy-Connection, TE, Trailer, Transfer-Encoding, Upgrade,
// HTTP2-Settings, Proxy-Authorization, Proxy-Authenticate, Proxy-Authentication-Info (RFC
// 9110, 7.6.1). Not Content-Length: the writer's.
bool is_hop_by_hop(std::string_view name);

// "Keep-Alive: timeout=5, max=100": how long the sender keeps the connection when it is idle (RFC
// 2068, 19.7.1.1; never standardised, widely sent). 0 without it.
Duration keep_alive_timeout(const Headers& headers);

// Content-Length and Transfer-Encoding: the writer's own, never passed on.
bool is_framing_field(std::string_view name);

// The options of all Connection fields of a head (RFC 9110, 7.6.1). The views are the head's.
class ConnectionOptions {
 public:
  explicit ConnectionOptions(const Headers& headers);
  bool close() const { return close_; }
  bool keep_alive() const { return keep_alive_; }
  bool upgrade() const { return upgrade_; }
  // A field that the sender declared hop-by-hop. Never true for fields that a message cannot do
  // without on its way: Host, Content-Length, Content-Type, Authorization, Cookie, Set-Cookie,
  // Date, ...
  bool lists(std::string_view name) const;

 private:
  bool close_ = false, keep_alive_ = false, upgrade_ = false;
  std::vector<std::string_view> others_;
};

bool is_token(std::string_view text);         // RFC 9110, 5.6.2
bool is_field_value(std::string_view text);   // no control bytes but tab
bool is_idempotent(std::string_view method);  // RFC 9110, 9.2.2
// Fields that must not come as trailers (framing, routing, credentials; RFC 9110, 6.5.1).
bool is_forbidden_trailer(std::string_view name);

}  // namespace trunkd
