// CertificateCheck: whether a server's certificate is good for a host, and in words why not.

#pragma once

#include <mbedtls/x509_crt.h>
#include <string>

#include "net/name_constraints.h"

namespace trunkd {

// Watches mbedTLS verify one chain, adds what mbedTLS does not look at (a certificate without
// subject alternative names, addresses, name constraints), and remembers what is wrong.
class CertificateCheck {
 public:
  // `host` is a name or an address literal. Without `verify` everything passes.
  CertificateCheck(std::string host, bool verify);

  // As mbedtls_ssl_set_verify() wants it; `check` is a CertificateCheck. mbedTLS calls it for each
  // certificate of the chain, from the root down to the leaf (depth 0).
  static int verify(void* check, mbedtls_x509_crt* certificate, int depth, uint32_t* flags);

  bool saw_certificate() const { return saw_certificate_; }  // false: the session was resumed
  // One clause, as "expired on 2026-01-02"; empty if nothing was wrong.
  const std::string& problem() const { return problem_; }
  const std::string& hint() const { return hint_; }

 private:
  void judge_leaf(const mbedtls_x509_crt& leaf, uint32_t& flags);
  void remember(const mbedtls_x509_crt& certificate, int depth, uint32_t flags);

  const std::string host_;
  const bool verify_;
  NameConstraints constraints_;
  bool saw_certificate_ = false;
  bool constraints_broken_ = false;
  std::string problem_;
  std::string hint_;
};

}  // namespace trunkd
