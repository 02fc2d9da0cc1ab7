// The ConnectionFactory of real life: resolve, connect, handshake; yields UpstreamConnections.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "net/connector.h"
#include "pool/connection_factory.h"

namespace trunkd {

// What all sessions share when they open connections.
struct UpstreamParts {
  Loop& loop;
  Resolver& resolver;
  uint64_t& last_connection_id;  // counts up, process-wide
  // True for an address ("127.0.0.1:7480") that one of our own listeners has: a connection to it
  // would be a loop.
  std::function<bool(const std::string& address)> is_own_address;
};

class UpstreamFactory final : public ConnectionFactory {
 public:
  // `parts` and `tls` must outlive the factory; `tls` is null if no origin of the session is
  // secure.
  UpstreamFactory(const UpstreamParts& parts, TlsContext* tls, Duration connect_timeout);

  std::unique_ptr<PendingOpen> open(const Origin& origin, OpenListener& listener) override;

 private:
  const UpstreamParts& parts_;
  TlsContext* const tls_;
  const Duration connect_timeout_;
};

}  // namespace trunkd
