// The URL of an upstream proxy. It may have a password in it, so no error quotes it.

#pragma once

#include <string>
#include <string_view>

#include "config/config.h"
#include "config/parsed.h"

namespace trunkd {

// "http://proxy.example:3128", "socks5h://user:password@proxy.example:1080"; name and password are
// percent-decoded.
Parsed<UpstreamProxyConfig> parse_proxy_url(std::string_view text);
// One whose login stands beside it: there is none in the URL.
Parsed<UpstreamProxyConfig> parse_bare_proxy_url(std::string_view text);

// The URL as it may be shown to anybody: with a password that is no password.
std::string shown_url(const UpstreamProxyConfig& proxy);

// Why SOCKS 5 cannot carry this (RFC 1929, 2); empty if it can.
std::string_view socks_misfit(std::string_view user_or_password);

}  // namespace trunkd
