// What only the start needed is given back, so that an idle daemon is small.

#pragma once

namespace trunkd {

// Free memory of the heap, and the pages of code that the start has used: what is still needed of
// them comes back from the system's page cache at its next use, a few at a time.
void give_back_startup_memory();

}  // namespace trunkd
