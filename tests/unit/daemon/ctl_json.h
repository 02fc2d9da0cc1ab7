// Answers of the admin interface for the tests of what trunkd ctl makes of them.

#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "admin/status_json.h"

namespace trunkd {

inline Json ctl_session(const std::string& name) {
  return Json::parse(R"({"name": ")" + name + R"(", "state": "running",
    "target": "https://api.example.com/v1", "pool": ")" +
                     name + R"(",
    "connections": {"limit": 4, "connecting": 0, "idle": 1, "busy": 2},
    "queue": {"waiting": 3, "held": 0, "max": 10000},
    "leases": {"total": 1000, "reused": 976}, "opened": {"total": 24, "failed": 1},
    "cookies": "off", "origins": [], "connection_list": []})");
}

inline Json ctl_sessions(std::initializer_list<Json> sessions) {
  Json list = Json::array();
  for (const Json& session : sessions) list.push_back(session);
  return {{"sessions", list}};
}

// One that went well over a connection that was open already.
inline Json ctl_request() {
  return Json::parse(R"({"id": "0badcafe-17", "started": "2026-01-01T00:00:00Z", "session": "shop",
    "method": "GET", "origin": "https://api.example.com", "path": "/items", "status": 200,
    "error": null, "detail": null, "attempts": 1, "bytes_in": 0, "bytes_out": 1234,
    "connection": {"id": 5, "reused": true, "uses": 42},
    "milliseconds": {"total": 31.5, "queue": 0.0, "dns": null, "connect": null, "tls": null,
                     "ttfb": 30.2}})");
}

inline Json ctl_status() {
  return Json::parse(R"({"version": "0.1.0", "pid": 7, "state": "running",
    "started": "2026-01-01T00:00:00Z", "uptime_seconds": 7500.5, "reloaded": null,
    "requests": 12345, "clients": {"now": 12, "max": 65000, "refused": 0}})");
}

}  // namespace trunkd
