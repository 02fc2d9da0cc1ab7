// What trunkd ctl top shows: the sessions at two moments, and the difference between them. All
// throw Json::exception if the JSON is not what openapi.json says.

#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "admin/status_json.h"
#include "base/clock.h"

namespace trunkd {

struct TopSample {
  SteadyTime at{};
  WallTime wall{};
  Json status;    // of GET /status
  Json sessions;  // of GET /sessions
};

// A line about the daemon and a table of the sessions, the busiest first. No rates where there is
// nothing to compare with: of another run of the daemon, or of a session that is new.
std::string top_text(const TopSample& before, const TopSample& after);
// One line: an object with "time", "seconds", "requests_per_second" and "sessions", which are those
// of GET /sessions with "leases_per_second" added; null where there is no rate.
std::string top_json(const TopSample& before, const TopSample& after);

// What fits a screen of so many columns and lines; 0: no limit.
std::string cropped(const std::string& text, size_t columns, size_t lines);

}  // namespace trunkd
