// What check --live has seen, for people and for programs.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "net/connector.h"

namespace trunkd {

// One session's try. What was not come to has its default.
struct LiveResult {
  std::string session;
  std::string url;             // that was asked; empty: there was nothing to try
  std::optional<Error> error;  // none: it answered
  std::string address;         // "192.0.2.1:443"; empty: no connection
  std::optional<TlsFacts> tls;
  bool verified = true;   // tls.verify
  bool has_auth = false;  // of which the request had nothing
  ConnectTimes times;
  int http_minor_version = 1;
  int status = 0;  // 0: no answer
  bool keep_alive = false;
  Duration keep_alive_timeout{};  // as announced; 0: nothing was

  bool tried() const { return !url.empty(); }
  bool answered() const { return tried() && !error; }
};

// What is worth a look although it works, a sentence each.
std::vector<std::string> live_warnings(const LiveResult& result, WallTime now);

// A line for each in columns, hints and warnings below it, and a sentence that counts.
std::string live_text(const std::vector<LiveResult>& results, WallTime now);
// A JSON array of objects, all with the same members (docs/check-live.md).
std::string live_json(const std::vector<LiveResult>& results, WallTime now);

}  // namespace trunkd
