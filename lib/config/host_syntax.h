// Values that name hosts: URLs, host patterns, origins of web pages.

#pragma once

#include <string>
#include <string_view>

#include "config/scalar_syntax.h"

namespace trunkd {

// A base_url, normalized: scheme and host in small letters, no default port, no "/" alone as path.
Parsed<std::string> parse_base_url(std::string_view text);
// An endpoint, as written.
Parsed<std::string> parse_url_path(std::string_view text);
Parsed<std::string> parse_host_name(std::string_view text);  // normalized
Parsed<HostPattern> parse_host_pattern(std::string_view text);
// One that gets a credential: never all of them.
Parsed<HostPattern> parse_credential_host(std::string_view text);
// Of allow_private: a host or *.HOST without port, an address, or a network such as 10.0.0.0/8;
// normalized.
Parsed<std::string> parse_private_host(std::string_view text);
Parsed<std::string> parse_direct_host(std::string_view text);    // likewise, of no_proxy
Parsed<std::string> parse_resolved_host(std::string_view text);  // a name, normalized
Parsed<std::string> parse_fixed_address(std::string_view text);  // normalized, without brackets
// What a browser sends as Origin (RFC 6454, 6.1), normalized.
Parsed<std::string> parse_web_origin(std::string_view text);
Parsed<std::string> parse_upgrade_token(std::string_view text);  // in small letters

// "/v1/" and "asks/test" to "/v1/asks/test": one slash is put or left between the two, all else
// stays as it is written.
std::string join_base_path(std::string_view base_path, std::string_view endpoint);

}  // namespace trunkd
