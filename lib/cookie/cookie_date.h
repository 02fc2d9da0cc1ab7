// The dates of Expires (RFC 6265bis, 5.1.1): whatever holds a time, a day, a month and a year.

#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace trunkd {

// In UTC, whatever zone the text names. None if a part is missing or there is no such date.
std::optional<WallTime> parse_cookie_date(std::string_view text);

}  // namespace trunkd
