// TlsContext: trust store, verification and session cache shared by the TLS connections of a
// session.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/origin.h"
#include "base/result.h"
#include "event/followed_files.h"
#include "event/loop.h"
#include "net/trust_store.h"

namespace trunkd {

enum class TlsVersion { tls12, tls13 };

struct TlsSettings {
  bool verify = true;
  std::string ca_file{};        // PEM; empty: the system's store
  std::string extra_ca_file{};  // PEM; authorities beside those; may be empty
  // For SNI and the name check instead of the origin's host; may be empty.
  std::string server_name{};
  TlsVersion min_version = TlsVersion::tls12;
  std::string client_cert{};  // PEM, the leaf first, then its issuers; empty: none
  std::string client_key{};   // PEM; empty: it stands in client_cert
  // Who may see the certificate; empty: every origin that asks for one.
  std::vector<Origin> client_cert_for{};

  bool operator==(const TlsSettings&) const = default;
};

// Told when files have changed: null if they are used from now on, else why the old ones stay.
using OnTlsFiles = std::function<void(const Error* problem)>;

class TlsContext {
 public:
  // Fails with a sentence that names the file if one cannot be read or used. The system's store
  // alone is read at the first handshake only: a session of plain origins needs none.
  // `trust` must outlive the context. Connections may outlive it.
  static Result<std::unique_ptr<TlsContext>> create(const TlsSettings& settings,
                                                    TrustStores& trust);
  ~TlsContext();

  // Looks every `every` whether the files have changed (see follow_files). New ones that are good
  // are used for the next handshakes, and no TLS session that older ones had a part in is resumed;
  // connections stay. With new ones that are not, all goes on as before. The system's store is not
  // followed.
  void follow_files(Loop& loop, OnTlsFiles on_change, Duration every = 1s);

  // Certificates of the trust store that could not be read; worth a warning.
  int unread_certificates() const;

  struct State;  // for lib/net
  const std::shared_ptr<State>& state() const { return state_; }

 private:
  explicit TlsContext(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
  std::unique_ptr<FollowedFiles> following_;  // null: nothing is followed
};

}  // namespace trunkd
