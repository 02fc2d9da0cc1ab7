// TlsContext: trust store, verification and session cache shared by the TLS connections of a
// session.

#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "net/trust_store.h"

namespace trunkd {

enum class TlsVersion { tls12, tls13 };

struct TlsSettings {
  bool verify = true;
  std::string ca_file{};  // PEM; empty: the system's store
  std::string
      server_name{};  // for SNI and the name check instead of the origin's host; may be empty
  TlsVersion min_version = TlsVersion::tls12;
};

class TlsContext {
 public:
  // Fails with a sentence that names the file if ca_file cannot be read or has no certificate. The
  // system's store is read at the first handshake only: a session of plain origins needs none.
  // `trust` must outlive the context. Connections may outlive it.
  static Result<std::unique_ptr<TlsContext>> create(const TlsSettings& settings,
                                                    TrustStores& trust);
  ~TlsContext();

  // Certificates of the trust store that could not be read; worth a warning.
  int unread_certificates() const;

  struct State;  // for lib/net
  const std::shared_ptr<State>& state() const { return state_; }

 private:
  explicit TlsContext(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace trunkd
