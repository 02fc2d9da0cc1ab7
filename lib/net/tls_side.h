// TlsSide: what is particular to one end of a TLS connection, client or server; and what the
// connections of one configuration share.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "net/mbedtls_owned.h"

namespace trunkd {

// The largest plaintext of a record (RFC 8446, 5.1).
constexpr size_t kMaxRecord = 16384;

// Used by one loop's connections only, so that one buffer for each way serves all of them.
struct TlsShared {
  TlsConfigStruct config;
  std::string outgoing;  // records on their way to the transport below, during one call
  std::string gathered;  // small parts on their way into one record, during one call
  std::vector<unsigned char> plaintext = std::vector<unsigned char>(kMaxRecord);
  std::shared_ptr<const void> keep_alive;  // what `config` points to
};

// Initialises mbedTLS's cryptography once, and `shared.config` for an end (MBEDTLS_SSL_IS_CLIENT or
// _SERVER) with what both have in common.
Result<void> configure_tls(TlsShared& shared, int endpoint);

class TlsSide {
 public:
  virtual ~TlsSide() = default;

  // Before the handshake; not 0: it cannot begin.
  virtual int prepare(mbedtls_ssl_context& connection) = 0;
  // Around the calls that carry the handshake on.
  virtual int handshake(mbedtls_ssl_context& connection) = 0;
  virtual void on_handshake_over(mbedtls_ssl_context& connection) = 0;
  virtual void on_ticket(mbedtls_ssl_context& connection) = 0;  // TLS 1.3, any time after it
  virtual void on_first_bytes() = 0;                            // of the application
  virtual bool resumed() const = 0;
  virtual std::string peer() const = 0;  // for errors
  virtual Error handshake_error(int status) const {
    return handshake_failed(mbedtls_words(status));
  }

  Error handshake_failed(const std::string& why) const {
    return {ErrorKind::tls_protocol, "the TLS handshake with " + peer() + " failed: " + why, {}};
  }
};

}  // namespace trunkd
