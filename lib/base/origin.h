// Origin: scheme, host and port (RFC 9110, 4.3.1); what a connection is opened to, and what it is
// opened for.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace trunkd {

// `tunnel` is no URL's: a plain TCP connection that a CONNECT asked for, on which trunkd itself
// says nothing. So the pool never takes one for another.
enum class Scheme : uint8_t { http, https, tunnel };

// 0: the scheme has none.
constexpr uint16_t default_port(Scheme scheme) {
  if (scheme == Scheme::tunnel) return 0;
  return scheme == Scheme::https ? 443 : 80;
}

// "example.org:8443", "[::1]:8443"
inline std::string authority_with_port(const std::string& host, uint16_t port) {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

struct Origin {
  Scheme scheme = Scheme::http;
  std::string host;  // lower case, A-labels, no trailing dot; an IPv6 address without brackets
  uint16_t port = 80;

  bool secure() const { return scheme == Scheme::https; }
  bool is_tunnel() const { return scheme == Scheme::tunnel; }
  bool operator==(const Origin&) const = default;

  // As in the Host field: brackets around IPv6, the port only if it is not the scheme's own.
  std::string authority() const {
    std::string text = host.find(':') == std::string::npos ? host : '[' + host + ']';
    if (port != default_port(scheme)) text += ':' + std::to_string(port);
    return text;
  }
  // "https", as the access log has it.
  std::string_view scheme_name() const {
    return secure() ? "https" : is_tunnel() ? "tunnel" : "http";
  }
  // "https://example.org:8443"; of a tunnel "example.org:8443"
  std::string text() const {
    return is_tunnel() ? authority() : std::string(scheme_name()) + "://" + authority();
  }
};

struct OriginHash {
  size_t operator()(const Origin& origin) const {
    const size_t scheme_and_port = size_t{origin.port} << 2 | static_cast<size_t>(origin.scheme);
    return std::hash<std::string_view>{}(origin.host) ^ scheme_and_port * 0x9e3779b97f4a7c15U;
  }
};

}  // namespace trunkd
