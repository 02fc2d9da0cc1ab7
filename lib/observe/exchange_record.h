// What is known of an exchange when it ends: gathered once, for the access log and for what is
// remembered of it.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace trunkd {

// Views are good during the call that it is given to. No credentials, no cookies, no query strings.
struct ExchangeRecord {
  uint64_t number = 0;          // of request_id(); 0: it never became an exchange
  std::string_view request_id;  // empty where nobody asks for it
  WallTime started{};
  std::string_view session;  // empty: none was found
  std::string_view method;
  std::string_view scheme;  // of the origin; empty if none was tried
  std::string_view host;    // of the origin, with its port if not the scheme's
  std::string_view path;    // as sent by the client, without query
  int status = 0;           // 0: the client left before there was one
  uint64_t bytes_in = 0;    // request body, payload
  uint64_t bytes_out = 0;   // response body, payload
  bool reused = false;
  uint64_t connection_id = 0, connection_uses = 0;  // 0: there was no connection
  int attempts = 0;
  std::optional<Duration> queue, dns, connect, tls, ttfb;
  Duration total{};
  // The word of failure_of(), which lives as long as the program; "client_gone" if the client left;
  // empty if all went well.
  std::string_view error;
  std::string_view detail;  // why it failed, in a sentence
};

}  // namespace trunkd
