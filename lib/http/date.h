// HTTP dates (RFC 9110, 5.6.7).

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace trunkd {

std::string format_http_date(WallTime time);  // IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<WallTime> parse_http_date(std::string_view text);  // all three formats

}  // namespace trunkd
