// A key and a certificate made at start, for the demo and the tests.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace trunkd {

// Both in PEM. The key is ECDSA on P-256.
struct SelfSigned {
  std::string certificate;
  std::string key;
};

// What the tests need beyond a good certificate for a server.
struct CertificateOptions {
  enum class Validity { now, expired, not_yet };
  Validity validity = Validity::now;
  std::string common_name = "trunkd test certificate";
  bool with_alternative_names = true;
  bool authority = false;              // may issue others
  std::string name_constraints{};      // DER of a NameConstraints, not critical; empty: none
  const SelfSigned* issuer = nullptr;  // an authority; null: signed by its own key
};

// `names` are DNS names and address literals, all as subject alternative names.
Result<SelfSigned> make_self_signed(const std::vector<std::string>& names,
                                    const CertificateOptions& options = {});

}  // namespace trunkd
