// Name constraints of the authorities in a chain (RFC 5280, 4.2.1.10), which mbedTLS does not know.

#pragma once

#include <mbedtls/x509_crt.h>
#include <string>
#include <string_view>
#include <vector>

#include "net/server_names.h"

namespace trunkd {

// What one authority may certify. mbedTLS refuses a certificate with a critical extension that it
// does not know, so these are those that are not critical; they count all the same.
class NameConstraints {
 public:
  // Adds the constraints of `authority`, if it has any. Constraints on other kinds of names than
  // DNS names and addresses, or ones that cannot be read, make every name forbidden: refused is
  // better than ignored.
  void add(const mbedtls_x509_crt& authority);

  // True if all names are permitted by all authorities that were added.
  bool permit(const ServerNames& names) const;

 private:
  struct Subtrees {
    std::vector<std::string> dns;
    std::vector<std::string> addresses;  // address and mask, 8 or 32 bytes
  };
  struct OfOneAuthority {
    Subtrees permitted;
    Subtrees excluded;
  };
  friend struct ConstraintReader;

  static bool permits(const OfOneAuthority& authority, const ServerNames& names);

  std::vector<OfOneAuthority> authorities_;
  bool nothing_permitted_ = false;
};

// A constraint covers itself and all names below; ".example.com" only those below; "" covers all.
bool dns_constraint_covers(std::string_view constraint, std::string_view name);

}  // namespace trunkd
