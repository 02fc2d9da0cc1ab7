// The client's side of TLS: what a TlsContext holds, and how a connection uses it.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/origin.h"
#include "base/scheduler.h"
#include "net/handshake_gate.h"
#include "net/tls_context.h"
#include "net/tls_material.h"
#include "net/tls_session_cache.h"
#include "net/tls_side.h"

namespace trunkd {

struct TlsContext::State {
  TlsSettings settings;
  TrustStores& stores;
  FileContents contents;  // what `material` was made from, until it is followed
  TlsMaterial material;
  uint64_t generation = 0;  // of the material
  // With and without the certificate, for both versions and for TLS 1.2 only; null: not needed yet.
  std::array<std::shared_ptr<TlsShared>, 4> prepared;
  TlsSessionCache sessions;
  HandshakeGate gate;

  State(const TlsSettings& of, TrustStores& in) : settings(of), stores(in) {}

  // Before the first handshake; the system's store is read only then.
  Result<void> load_trust();
  Result<std::shared_ptr<TlsShared>> configure(TlsVersion max_version) const;
  // For the handshakes from now on.
  void replace(TlsMaterial by);
  bool shows_certificate_to(const Origin& origin) const;
  // What connections to this origin share; `load_trust` was called.
  Result<std::shared_ptr<TlsShared>> shared_for(const Origin& origin);

  // mbedTLS 3.6.6 offers RSA-PSS in a hello for TLS 1.2 and 1.3 and then refuses it if the server
  // speaks TLS 1.2 (its issue 10674). For such origins the hello is made for TLS 1.2 only.
  void remember_tls12(const std::string& key);
  void forget_tls12(const std::string& key) { tls12_only.erase(key); }
  bool is_tls12(const std::string& key) const { return tls12_only.count(key) > 0; }
  std::set<std::string> tls12_only;

  // The name that the certificate must have; also part of the key to the session cache.
  const std::string& expected_name(const Origin& origin) const {
    return settings.server_name.empty() ? origin.host : settings.server_name;
  }
  std::string key(const Origin& origin) const {
    return origin.authority() + '/' + expected_name(origin);
  }
};

// `lead` is null if others do not wait for this handshake. `peer` says in errors whom we speak to:
// "api.example.com (192.0.2.1:443)".
std::unique_ptr<TlsSide> make_client_side(const std::shared_ptr<TlsContext::State>& context,
                                          const Clock& clock, const Origin& origin,
                                          std::string peer,
                                          std::unique_ptr<HandshakeGate::Lead> lead);

}  // namespace trunkd
