// What a session takes off an origin's response on its way to the client.

#pragma once

#include <string>
#include <string_view>

#include "config/config.h"
#include "http/headers.h"
#include "session/credential.h"
#include "session/router.h"

namespace trunkd {

struct ResponseDressing {
  const SessionConfig& session;
  const Route& route;  // where the request was sent
  std::string_view client_host;
  bool* dropped_secure;                    // see client_view.h
  const Credential* credential = nullptr;  // the session's; null: it has none
  bool has_jar = false;                    // the request's own: Set-Cookie stays with it
};

// Serialises the fields of a response, each with its line end, without framing and Connection,
// which are the sink's.
void append_downstream_fields(std::string& out, const Headers& headers,
                              const ResponseDressing& dressing);

}  // namespace trunkd
