// `trunkd demo`: many calls over few connections, for real, with the numbers that show it.

#pragma once

#include <cstdint>

namespace trunkd {

struct DemoOptions {
  uint64_t calls = 10000;     // at least 1
  uint64_t connections = 50;  // at least 1
};

// Runs an HTTPS origin and many HTTP clients in processes of their own and trunkd between them, on
// the loopback only; prints what happened. Must be called before the process has threads or a
// loop. Returns the exit code: 0 only if every answer was right and no more than `connections`
// connections were opened.
int run_demo(const DemoOptions& options);

}  // namespace trunkd
