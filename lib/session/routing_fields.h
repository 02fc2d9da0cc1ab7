// The fields of a request that say where it is meant to go and who sent it, found in one pass.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/headers.h"

namespace trunkd {

// Views into the headers that they were read from.
struct RoutingFields {
  std::optional<std::string_view> host;
  std::optional<std::string_view> session;              // Trunkd-Session
  std::optional<std::string_view> target;               // Trunkd-Target
  std::optional<std::string_view> proxy_authorization;  // Proxy-Authorization
  std::string_view repeated;  // one of the above that came twice; empty if none did

  // What only browsers send (Fetch standard).
  std::optional<std::string_view> origin;  // the first
  bool several_origins = false;
  bool cross_site = false;  // Sec-Fetch-Site: cross-site or same-site
  bool preflight = false;   // any Access-Control-Request-*
};

RoutingFields routing_fields(const Headers& headers);

// The user name of Basic credentials (RFC 7617), which names a session; the password is of no
// meaning. Error: proxy_session_missing.
Result<std::string> proxy_user(std::string_view proxy_authorization);

}  // namespace trunkd
