// Origin: scheme, host and port (RFC 9110, 4.3.1); what a connection is opened to.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace trunkd {

enum class Scheme : uint8_t { http, https };

constexpr uint16_t default_port(Scheme scheme) { return scheme == Scheme::https ? 443 : 80; }

struct Origin {
  Scheme scheme = Scheme::http;
  std::string host;  // lower case, A-labels, no trailing dot; an IPv6 address without brackets
  uint16_t port = 80;

  bool secure() const { return scheme == Scheme::https; }
  bool operator==(const Origin&) const = default;

  // As in the Host field: brackets around IPv6, the port only if it is not the scheme's own.
  std::string authority() const {
    std::string text = host.find(':') == std::string::npos ? host : '[' + host + ']';
    if (port != default_port(scheme)) text += ':' + std::to_string(port);
    return text;
  }
  // "https://example.org:8443"
  std::string text() const { return (secure() ? "https://" : "http://") + authority(); }
};

struct OriginHash {
  size_t operator()(const Origin& origin) const {
    const size_t scheme_and_port = size_t{origin.port} << 1 | (origin.secure() ? 1U : 0U);
    return std::hash<std::string_view>{}(origin.host) ^ scheme_and_port * 0x9e3779b97f4a7c15U;
  }
};

}  // namespace trunkd
