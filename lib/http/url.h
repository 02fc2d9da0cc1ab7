// URLs, authorities and request targets to origin, path and query, and back (RFC 3986, RFC
// 9112 3.2).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/origin.h"
#include "base/result.h"

namespace trunkd {

// A host as it is compared: lower case, IDNA U-labels (UTF-8) as A-labels, one trailing dot
// dropped, IPv6 without brackets and in canonical form (RFC 5952). Refused: empty, percent-encoded,
// decimal, octal, hexadecimal or short spellings of IPv4 addresses, zone identifiers, characters
// that no host name has (letters, digits, '-', '_' and '.' only), labels over 63 or names over 253
// bytes.
Result<std::string> normalize_host(std::string_view host);
bool is_ip_literal(std::string_view normalized_host);

struct Authority {
  std::string host;              // normalized
  std::optional<uint16_t> port;  // 1 to 65535
};
// "host", "host:port", "[::1]:port"; no user information, no empty port.
Result<Authority> parse_authority(std::string_view text);

struct Url {
  Origin origin;
  std::string path;   // starts with '/', as written ("/" if empty); never decoded
  std::string query;  // without '?', as written
  bool has_query = false;

  std::string path_and_query() const { return has_query ? path + '?' + query : path; }
  std::string text() const { return origin.text() + path_and_query(); }
};

// An absolute http or https URL; no user information, no fragment (a fragment is an error here, but
// see resolve_reference), no white space or control bytes.
Result<Url> parse_url(std::string_view text);

// A reference as in Location, resolved against `base` (RFC 3986, 5.2: dot segments removed).
// `fragment` keeps "#..." of the reference, or is empty. None if it is neither http nor https or
// cannot be parsed.
struct ResolvedReference {
  Url url;
  std::string fragment;
};
std::optional<ResolvedReference> resolve_reference(const Url& base, std::string_view reference);

}  // namespace trunkd
