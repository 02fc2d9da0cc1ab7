// MbedOwned: an mbedTLS struct that is initialised at its beginning and freed at its end.

#pragma once

#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <string>

extern "C" {  // this one of mbedTLS's headers does not say so itself (3.6)
#include <mbedtls/psa_util.h>
}

namespace trunkd {

template <typename T, void (*init)(T*), void (*release)(T*)>
class MbedOwned {
 public:
  MbedOwned() { init(&value_); }
  ~MbedOwned() { release(&value_); }
  MbedOwned(const MbedOwned&) = delete;
  MbedOwned& operator=(const MbedOwned&) = delete;

  T* get() { return &value_; }
  const T* get() const { return &value_; }
  T* operator->() { return &value_; }
  const T* operator->() const { return &value_; }

 private:
  T value_;
};

using TlsConfigStruct =
    MbedOwned<mbedtls_ssl_config, mbedtls_ssl_config_init, mbedtls_ssl_config_free>;
using TlsConnectionStruct = MbedOwned<mbedtls_ssl_context, mbedtls_ssl_init, mbedtls_ssl_free>;
using TlsSession =
    MbedOwned<mbedtls_ssl_session, mbedtls_ssl_session_init, mbedtls_ssl_session_free>;
using Certificates = MbedOwned<mbedtls_x509_crt, mbedtls_x509_crt_init, mbedtls_x509_crt_free>;
using PrivateKey = MbedOwned<mbedtls_pk_context, mbedtls_pk_init, mbedtls_pk_free>;

// mbedTLS's error number in its own words, for the end of a sentence.
std::string mbedtls_words(int status);

}  // namespace trunkd
