// The ConnectionFactory of real life: resolve, connect, handshake; yields UpstreamConnections.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "net/connector.h"
#include "pool/connection_factory.h"

namespace trunkd {

// What all sessions share when they open connections.
struct UpstreamParts {
  Loop& loop;
  Resolver& resolver;
  TrustStores& trust;
  uint64_t& last_connection_id;  // counts up, process-wide
  // True for an address ("127.0.0.1:7480") that one of our own listeners has: a connection to it
  // would be a loop.
  std::function<bool(const std::string& address)> is_own_address;
};

// What a session says of its connections.
struct UpstreamSettings {
  Duration connect_timeout = 5s;  // lookup, TCP and TLS together
  TlsSettings tls;
  OnTlsFiles on_tls_files;  // may be empty
};

class UpstreamFactory final : public ConnectionFactory {
 public:
  // `parts` must outlive the factory. Fails with a sentence that names the file if one of
  // those for TLS cannot be used; they are followed from then on.
  static Result<std::unique_ptr<UpstreamFactory>> create(const UpstreamParts& parts,
                                                         const UpstreamSettings& settings);

  std::unique_ptr<PendingOpen> open(const Origin& origin, OpenListener& listener) override;

 private:
  UpstreamFactory(const UpstreamParts& parts, std::unique_ptr<TlsContext> tls,
                  Duration connect_timeout);

  const UpstreamParts& parts_;
  const std::unique_ptr<TlsContext> tls_;
  const Duration connect_timeout_;
};

}  // namespace trunkd
