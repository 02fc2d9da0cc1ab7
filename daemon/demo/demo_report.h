// The demo's last word: a table of what happened, and whether it is what was promised.

#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "daemon/demo/messages.h"

namespace trunkd {

struct DemoReport {
  uint64_t connections = 0;  // the limit
  uint64_t callers = 0;
  CallResult through_trunkd;
  CallResult new_connection_each;
  OriginReport origin;
  Duration trunkd_cpu{};  // user and system, for all calls through trunkd
};

// What is about to happen; `compared` is the number of calls with a new connection each.
std::string heading_text(uint64_t calls, uint64_t compared, const DemoReport& report);

// Every answer was right, on both ways, and the origin never saw more connections from trunkd than
// the limit: neither at once nor one after the other.
bool passed(const DemoReport& report);

// The table and the verdict, ready to print.
std::string report_text(const DemoReport& report);

// What to type next; `program` is how this trunkd is called.
std::string next_steps_text(const std::string& program);

// One line, to be drawn over the one before it: "  through trunkd  [#####.....]  5,000 of 10,000".
std::string progress_text(const std::string& title, uint64_t done, uint64_t all);

}  // namespace trunkd
