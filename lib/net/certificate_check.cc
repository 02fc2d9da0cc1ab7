#include "net/certificate_check.h"

#include <cstdio>
#include <mbedtls/oid.h>
#include <utility>

#include "base/text.h"

namespace trunkd {
namespace {

std::string day(const mbedtls_x509_time& time) {
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", time.year, time.mon, time.day);
  return text;
}

std::string name_of(const mbedtls_x509_name& name) {
  char text[256];
  const int length = mbedtls_x509_dn_gets(text, sizeof text, &name);
  return length < 0 ? "(a name that cannot be written)" : escaped(text);
}

bool has_alternative_names(const mbedtls_x509_crt& certificate) {
  return mbedtls_x509_crt_has_ext_type(&certificate, MBEDTLS_X509_EXT_SUBJECT_ALT_NAME) != 0;
}

}  // namespace

CertificateCheck::CertificateCheck(std::string host, bool verify)
    : host_(std::move(host)), verify_(verify) {}

int CertificateCheck::verify(void* check, mbedtls_x509_crt* certificate, int depth,
                             uint32_t* flags) {
  auto& self = *static_cast<CertificateCheck*>(check);
  self.saw_certificate_ = true;
  if (!self.verify_) {
    *flags = 0;
    return 0;
  }
  if (depth > 0) {
    self.constraints_.add(*certificate);
  } else {
    self.judge_leaf(*certificate, *flags);
  }
  if (*flags != 0) self.remember(*certificate, depth, *flags);
  return 0;
}

// mbedTLS falls back to the common name and was not told of addresses: both are decided here.
void CertificateCheck::judge_leaf(const mbedtls_x509_crt& leaf, uint32_t& flags) {
  const ServerNames names = ServerNames::of(leaf);
  if (!has_alternative_names(leaf) || !names.cover(host_)) {
    flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
  }
  // The host too: a wildcard may stand for a name that is excluded.
  ServerNames constrained = names;
  if (address_bytes(host_).empty()) constrained.dns.push_back(host_);
  if (!constraints_.permit(constrained)) {
    constraints_broken_ = true;
    flags |= MBEDTLS_X509_BADCERT_OTHER;
  }
}

// The cause that is nearest to the root is told: the rest often follows from it.
void CertificateCheck::remember(const mbedtls_x509_crt& certificate, int depth, uint32_t flags) {
  if (!problem_.empty()) return;
  const std::string whose = depth == 0 ? "" : "its issuer " + name_of(certificate.subject) + ' ';
  const auto tell = [&](const std::string& problem, const char* hint = "") {
    problem_ = whose + problem;
    hint_ = hint;
  };
  if ((flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0) {
    tell("expired on " + day(certificate.valid_to), "If it should be valid, look at the clock.");
  } else if ((flags & MBEDTLS_X509_BADCERT_FUTURE) != 0) {
    tell("is not valid before " + day(certificate.valid_from),
         "If it should be valid, look at the clock.");
  } else if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0) {
    tell("was issued by an unknown authority (" + name_of(certificate.issuer) + ')',
         "If you trust it, let tls.ca_file name a PEM file with the authority's certificate.");
  } else if ((flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) != 0) {
    const ServerNames names = ServerNames::of(certificate);
    if (!has_alternative_names(certificate)) {
      tell("has no subject alternative name, so it names no server");
    } else {
      tell("is not for " + escaped(host_) + " but for " +
               (names.empty() ? "no server at all" : names.text()),
           "If that is the right server, let tls.server_name say the name to expect.");
    }
  } else if (constraints_broken_) {
    tell("has a name that its issuer may not certify (name constraints)");
  } else if ((flags & (MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK |
                       MBEDTLS_X509_BADCERT_BAD_KEY)) != 0) {
    tell("has a weak signature or key");
  } else if ((flags & MBEDTLS_X509_BADCERT_REVOKED) != 0) {
    tell("was revoked");
  } else {
    tell("may not be used for a server");
  }
}

}  // namespace trunkd
