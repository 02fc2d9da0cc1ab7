// What the processes of the demo say to each other: one line of JSON each.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "demo/http_origin.h"

namespace trunkd {

// Two lines that say all with one word.
inline constexpr std::string_view kCallersReady = "ready";    // from the callers
inline constexpr std::string_view kReportWanted = "report?";  // to the origin

// The ways a call can take.
enum class Way { through_trunkd, new_connection_each };

// From the callers' parent: make these calls.
struct CallPlan {
  Way way = Way::through_trunkd;
  uint16_t port = 0;  // trunkd's, or the origin's
  uint64_t calls = 0;
  uint64_t callers = 0;  // that many at once
};

// To it: how the calls went.
struct CallResult {
  uint64_t right = 0;
  uint64_t wrong = 0;  // failed ones too
  Duration elapsed{};
  Duration median{};
  Duration percentile_99{};
  std::string first_failure{};  // one line; empty if there was none
};

// From the origin: where it listens for each of the two ways.
struct OriginPorts {
  uint16_t through_trunkd = 0;
  uint16_t new_connection_each = 0;
};

struct Progress {
  uint64_t calls = 0;
};

struct OriginReport {
  OriginCounts through_trunkd;
  OriginCounts new_connection_each;
};

// As one line, {"plan": {...}}; for the five messages above.
template <typename Message>
std::string to_line(const Message& message);
// None: the line says something else.
template <typename Message>
std::optional<Message> from_line(std::string_view line);

}  // namespace trunkd
