// Does a certificate's name cover the host that was asked for? (RFC 9525, section 6)

#pragma once

#include <mbedtls/x509_crt.h>
#include <string>
#include <string_view>
#include <vector>

namespace trunkd {

// `pattern` is a dNSName of the certificate. A wildcard is the whole leftmost label and covers
// exactly one label; "f*.example.com", "*" and "*.com" cover nothing.
bool dns_name_covers(std::string_view pattern, std::string_view host);

// The subject alternative names that say who a server is; the common name is none (RFC 9525, 2).
struct ServerNames {
  std::vector<std::string_view> dns;
  std::vector<std::string_view> addresses;  // 4 or 16 bytes each

  // The views are into the certificate.
  static ServerNames of(const mbedtls_x509_crt& certificate);
  bool empty() const { return dns.empty() && addresses.empty(); }
  // `host` is a name or an address literal; an address is never compared with a dNSName.
  bool cover(std::string_view host) const;
  std::string text() const;  // "a.example, 192.0.2.1", cut after some of them
};

// The 4 or 16 bytes of an address literal; empty if it is none.
std::string address_bytes(std::string_view host);

}  // namespace trunkd
