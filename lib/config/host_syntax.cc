#include "config/host_syntax.h"

#include <algorithm>

#include "base/ip_address.h"
#include "base/text.h"
#include "http/characters.h"
#include "http/url.h"

namespace trunkd {
namespace {

bool has_scheme(std::string_view text) { return text.find("://") != std::string_view::npos; }

bool is_path_char(char c) { return is_visible_char(c) && c != '?' && c != '#'; }

Parsed<std::string> parse_host_or_network(std::string_view text) {
  if (const auto network = IpNetwork::parse(text)) return network->text();
  if (text.find('/') != std::string_view::npos) {
    return wrong(must_be("a network such as 10.0.0.0/8, with no bit set behind its prefix", text));
  }
  auto pattern = parse_host_pattern(text);
  if (!pattern) return wrong(std::move(pattern.error()));
  if (pattern->port) return wrong(must_be("a host without port, which is for allow_hosts", text));
  return pattern->wildcard ? pattern->text() : std::move(pattern->host);
}

}  // namespace

Parsed<std::string> parse_base_url(std::string_view text) {
  // No message repeats the text before it is known that there is no password in it.
  if (!istarts_with(text, "http://") && !istarts_with(text, "https://")) {
    return wrong("must be a URL that begins with https:// or http://");
  }
  const std::string_view rest = text.substr(text.find("://") + 3);
  if (rest.substr(0, rest.find_first_of("/?#")).find('@') != std::string_view::npos) {
    return wrong(
        "a name and password do not belong into the URL, they would end up in logs; write them as "
        "auth: {basic: ...}");
  }
  if (rest.find('?') != std::string_view::npos) {
    return wrong("a query does not belong into the URL; write it as params, or auth: {query: ...}");
  }
  if (rest.find('#') != std::string_view::npos) {
    return wrong("a fragment (#...) is never sent to a host; leave it out");
  }
  const auto url = parse_url(text);
  if (!url) return wrong(url.error().detail);
  return url->origin.text() + (url->path == "/" ? "" : url->path);
}

Parsed<std::string> parse_url_path(std::string_view text) {
  if (has_scheme(text)) {
    return wrong("must be a path only; scheme and host belong into base_url");
  }
  if (text.find('?') != std::string_view::npos) {
    return wrong("a query does not belong here; write it as params");
  }
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_path_char)) {
    return wrong(must_be("a path, percent-encoded as in a URL", text));
  }
  return std::string(text);
}

Parsed<std::string> parse_host_name(std::string_view text) {
  if (has_scheme(text) || std::count(text.begin(), text.end(), ':') == 1) {
    return wrong(must_be("a host without scheme and port", text));
  }
  auto host = normalize_host(text);
  if (!host) return wrong(std::move(host.error().detail));
  return std::move(*host);
}

Parsed<HostPattern> parse_host_pattern(std::string_view text) {
  if (has_scheme(text)) {
    return wrong("must be a host without scheme, such as example.org:8443");
  }
  HostPattern pattern;
  if (text == "*" || text.substr(0, 2) == "*:") {  // any host
    auto authority = parse_authority("any" + std::string(text.substr(1)));
    if (!authority) return wrong(must_be("\"*\", or \"*:PORT\" for another port", text));
    pattern.wildcard = true;
    pattern.port = authority->port;
    return pattern;
  }
  pattern.wildcard = text.substr(0, 2) == "*.";
  const std::string_view host = pattern.wildcard ? text.substr(2) : text;
  if (host.find_first_of("*/@?#") != std::string_view::npos) {
    return wrong(must_be("a host, HOST:PORT or *.HOST", text));
  }
  // An IPv6 address may stand without brackets if there is no port.
  const bool bare_ipv6 =
      !pattern.wildcard && std::count(host.begin(), host.end(), ':') > 1 && host.front() != '[';
  auto authority = parse_authority(bare_ipv6 ? '[' + std::string(host) + ']' : std::string(host));
  if (!authority) return wrong(std::move(authority.error().detail));
  if (pattern.wildcard && is_ip_literal(authority->host)) {
    return wrong("there are no names below an address");
  }
  pattern.host = std::move(authority->host);
  pattern.port = authority->port;
  return pattern;
}

Parsed<HostPattern> parse_credential_host(std::string_view text) {
  if (text == "*" || text.substr(0, 2) == "*:") {
    return wrong("a credential is never sent to every host; name those that need it");
  }
  return parse_host_pattern(text);
}

Parsed<std::string> parse_private_host(std::string_view text) {
  if (text == "*") return wrong("every address is allow_private: true");
  return parse_host_or_network(text);
}

Parsed<std::string> parse_direct_host(std::string_view text) {
  if (text == "*") return wrong("every host without the proxy is upstream_proxy: off");
  if (text.substr(0, 1) == ".") {
    return wrong(must_be("*" + std::string(text) + " for the names below it, and " +
                             std::string(text.substr(1)) + " for itself",
                         text));
  }
  return parse_host_or_network(text);
}

Parsed<std::string> parse_resolved_host(std::string_view text) {
  auto host = parse_host_name(text);
  if (host && is_ip_literal(*host)) return wrong("is an address, which needs no other one");
  return host;
}

Parsed<std::string> parse_fixed_address(std::string_view text) {
  std::string_view bare = text;
  if (bare.size() > 2 && bare.front() == '[' && bare.back() == ']') {
    bare = bare.substr(1, bare.size() - 2);
  }
  const auto address = IpAddress::parse(bare);
  if (!address) return wrong(must_be("an address such as 192.0.2.7, without port", text));
  return address->text();
}

Parsed<std::string> parse_web_origin(std::string_view text) {
  const size_t separator = text.find("://");
  if (text == "*" || text == "null") {
    return wrong("\"" + std::string(text) +
                 "\" would let any web page use the session; name the origins");
  }
  if (istarts_with(text, "http://") || istarts_with(text, "https://")) {
    const auto url = parse_url(text);
    if (url && url->path_and_query() == "/" && text.back() != '/') return url->origin.text();
  } else if (separator != std::string_view::npos && separator > 0) {  // of a browser's extension
    const std::string_view scheme = text.substr(0, separator), rest = text.substr(separator + 3);
    const auto is_scheme_char = [](char c) {
      return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    };
    if (is_alpha(scheme.front()) && std::all_of(scheme.begin(), scheme.end(), is_scheme_char) &&
        !rest.empty() && std::all_of(rest.begin(), rest.end(), is_host_char)) {
      return to_lower(text);
    }
  }
  return wrong(must_be("an origin such as https://app.example.com, without path", text));
}

Parsed<std::string> parse_upgrade_token(std::string_view text) {
  const size_t slash = std::min(text.find('/'), text.size());
  const std::string_view name = text.substr(0, slash);
  const std::string_view version = slash < text.size() ? text.substr(slash + 1) : "1";
  if (name.empty() || version.empty() || !std::all_of(name.begin(), name.end(), is_token_char) ||
      !std::all_of(version.begin(), version.end(), is_token_char)) {
    return wrong(must_be("the name of a protocol, such as websocket", text));
  }
  // Behind these trunkd could no longer tell one request from the next (RFC 9113, 3.1; RFC 2817).
  if (iequals(name, "h2c") || iequals(name, "http") || iequals(name, "tls")) {
    return wrong("an upgrade to " + to_lower(name) + " is never passed on");
  }
  return to_lower(text);
}

std::string join_base_path(std::string_view base_path, std::string_view endpoint) {
  if (endpoint.empty()) return std::string(base_path);
  if (!base_path.empty() && base_path.back() == '/') base_path.remove_suffix(1);
  std::string joined(base_path);
  if (endpoint.front() != '/') joined += '/';
  return joined.append(endpoint);
}

}  // namespace trunkd
