#include "config/listen_address.h"

#include <optional>

#include "base/text.h"
#include "http/url.h"

namespace trunkd {
namespace {

using ListenKind = ListenAddress::Kind;

constexpr std::string_view kUnix = "unix:";

std::optional<uint16_t> parse_port(std::string_view text) {
  const auto port = parse_decimal(text);
  if (!port || *port > 65535) return std::nullopt;
  return static_cast<uint16_t>(*port);
}

tl::unexpected<std::string> bad_address(std::string_view text) {
  return wrong(must_be("a port, HOST:PORT or unix:PATH", text));
}

bool is_ipv6(std::string_view host) { return host.find(':') != std::string_view::npos; }

bool is_any(std::string_view host) { return host == "0.0.0.0" || host == "::"; }

}  // namespace

Parsed<std::string> parse_socket_path(std::string_view path) {
  if (path.empty() || path.front() != '/') {
    return wrong(must_be("an absolute path", path));
  }
  if (path.size() > kMaxSocketPath) {
    return wrong("the path of a Unix socket has at most " + std::to_string(kMaxSocketPath) +
                 " bytes, this one has " + std::to_string(path.size()));
  }
  return std::string(path);
}

Parsed<ListenAddress> parse_listen_address(std::string_view text) {
  ListenAddress address;
  if (text.substr(0, kUnix.size()) == kUnix) {
    auto path = parse_socket_path(text.substr(kUnix.size()));
    if (!path) return wrong(std::move(path.error()));
    address.kind = ListenKind::unix_socket;
    address.path = std::move(*path);
    return address;
  }
  const size_t colon = text.rfind(':');
  const auto port = parse_port(colon == std::string_view::npos ? text : text.substr(colon + 1));
  if (!port) return bad_address(text);
  address.port = *port;
  if (colon == std::string_view::npos) return address;

  const std::string_view host_text = text.substr(0, colon);
  if (iequals(host_text, "localhost")) return address;
  if (host_text.empty() || host_text == "*") {
    return wrong("write 0.0.0.0:" + std::to_string(*port) + " or \"[::]:" + std::to_string(*port) +
                 "\" for all addresses of this machine");
  }
  const bool bracketed = host_text.front() == '[';
  const auto host = normalize_host(host_text);
  if (!host || is_ipv6(*host) != bracketed) return bad_address(text);
  if (!is_ip_literal(*host)) {
    return wrong("must name an address, not a host (\"" + escaped(host_text) + "\")");
  }
  address.kind = ListenKind::tcp;
  address.host = *host;
  return address;
}

bool is_local(const ListenAddress& address) {
  return address.kind != ListenKind::tcp || address.host == "::1" ||
         address.host.compare(0, 4, "127.") == 0;
}

bool overlap(const ListenAddress& a, const ListenAddress& b) {
  if (a.kind == ListenKind::unix_socket || b.kind == ListenKind::unix_socket) {
    return a.kind == b.kind && a.path == b.path;
  }
  if (a.port != b.port || a.port == 0) return false;
  if (a.kind == ListenKind::loopback_port && b.kind == ListenKind::loopback_port) return true;
  if (a.kind == ListenKind::loopback_port) return overlap(b, a);
  if (b.kind == ListenKind::loopback_port) {
    return is_any(a.host) || a.host == "127.0.0.1" || a.host == "::1";
  }
  if (is_ipv6(a.host) != is_ipv6(b.host)) return false;
  return a.host == b.host || is_any(a.host) || is_any(b.host);
}

}  // namespace trunkd
