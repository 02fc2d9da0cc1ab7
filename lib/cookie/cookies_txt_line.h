// One line of a cookies.txt to a cookie.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "cookie/cookie.h"

namespace trunkd {

// What WallTime can hold; a later expiry means this one.
constexpr uint64_t kLastSecond =
    std::chrono::duration_cast<std::chrono::seconds>(Duration::max()).count();

// `line` without its line break; `encoded`: its path, name and value are %-encoded. Creation time
// and SameSite are not in it. None if there are not the right fields, or no host and path in them;
// of name and value nothing is asked, so that what removes a cookie can be read however it looks.
std::optional<Cookie> read_cookies_txt_line(std::string_view line, bool encoded);

// Could a Set-Cookie have brought it? (RFC 6265bis, 5.6 and 5.7; public suffixes are not looked
// at.)
bool is_possible_cookie(const Cookie& cookie);

}  // namespace trunkd
