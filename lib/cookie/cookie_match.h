// Which hosts and paths a cookie belongs to (RFC 6265bis, 5.1.3 and 5.1.4).

#pragma once

#include <string_view>

namespace trunkd {

// Is `host` the domain itself, or a name below it? Both are as normalize_host makes them. An IP
// address is below nothing.
bool domain_matches(std::string_view host, std::string_view domain);

// The path of a cookie that brings none: the request's, up to its last '/'.
std::string_view default_path(std::string_view request_path);

// Byte for byte, at the borders of segments: nothing is decoded, no case is ignored.
bool path_matches(std::string_view request_path, std::string_view cookie_path);

}  // namespace trunkd
