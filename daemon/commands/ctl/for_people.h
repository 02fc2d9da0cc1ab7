// Numbers, times and texts of the admin interface as people read them on a terminal.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trunkd {

// Valid UTF-8 without control characters stays; the rest becomes \xNN, so that what a client sent
// cannot move the cursor.
std::string printable(std::string_view text);

std::string with_commas(uint64_t number);  // 1,234,567, whatever the locale
// "1 request", "2 requests".
std::string counted(uint64_t number, std::string_view thing);
// "97.6 %" of `whole`; "-" of nothing.
std::string share_text(uint64_t part, uint64_t whole);

std::string milliseconds_text(double milliseconds);  // "0.4 ms", "120 ms", "1.25 s", "2 min 5 s"
std::string age_text(double seconds);                // "5 s", "3 min", "2 h 5 min", "4 d 1 h"

}  // namespace trunkd
