#include "net/client_identity.h"

#include <mbedtls/pk.h>
#include <psa/crypto.h>

namespace trunkd {
namespace {

Result<void> load_chain(ClientIdentity& identity, const PemFile& file) {
  const int status = mbedtls_x509_crt_parse(identity.chain.get(), file.bytes(), file.size());
  if (identity.chain->raw.p == nullptr) {
    return failure(ErrorKind::tls_certificate, file.path + " has no certificate in PEM");
  }
  if (status == 0) return {};
  return failure(ErrorKind::tls_certificate,
                 file.path + " has a certificate that cannot be read" +
                     (status < 0 ? ": " + mbedtls_words(status) : std::string()));
}

Result<void> load_key(ClientIdentity& identity, const PemFile& file) {
  const int status = mbedtls_pk_parse_key(identity.key.get(), file.bytes(), file.size(), nullptr, 0,
                                          mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
  if (status == 0) return {};
  if (status == MBEDTLS_ERR_PK_PASSWORD_REQUIRED) {
    return tl::unexpected(Error{
        ErrorKind::tls_certificate,
        "the key in " + file.path + " is encrypted, and nobody is there to type its password",
        "Store it without one (openssl pkey -in FILE -out NEW), readable by its owner only."});
  }
  return failure(
      ErrorKind::tls_certificate,
      file.path + " has no private key in PEM that can be used: " + mbedtls_words(status));
}

}  // namespace

Result<std::shared_ptr<ClientIdentity>> make_client_identity(const PemFile& certificate,
                                                             const PemFile& key) {
  if (psa_crypto_init() != PSA_SUCCESS) {
    return failure(ErrorKind::internal, "mbedTLS cannot start: no source of random numbers");
  }
  auto identity = std::make_shared<ClientIdentity>();
  if (auto loaded = load_chain(*identity, certificate); !loaded) {
    return tl::unexpected(loaded.error());
  }
  if (auto loaded = load_key(*identity, key); !loaded) return tl::unexpected(loaded.error());
  if (mbedtls_pk_check_pair(&identity->chain->pk, identity->key.get(), mbedtls_psa_get_random,
                            MBEDTLS_PSA_RANDOM_STATE) != 0) {
    return failure(ErrorKind::tls_certificate, "the key in " + key.path +
                                                   " does not belong to the first certificate in " +
                                                   certificate.path);
  }
  return identity;
}

}  // namespace trunkd
