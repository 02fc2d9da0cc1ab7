// The ConnectionFactory of real life: resolve, connect, handshake; yields UpstreamConnections.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "net/connector.h"
#include "observe/session_metrics.h"
#include "pool/connection_factory.h"
#include "upstream/destinations.h"
#include "upstream/upstream_proxy.h"

namespace trunkd {

// What all sessions share when they open connections.
struct UpstreamParts {
  Loop& loop;
  AddressCache& addresses;
  TrustStores& trust;
  uint64_t& last_connection_id;               // counts up, process-wide
  Destinations::IsOwnAddress is_own_address;  // a connection to such a one would be a loop
};

// What a session says of its connections.
struct UpstreamSettings {
  Duration connect_timeout = 5s;  // lookup, TCP, a proxy's handshake and TLS together
  Duration dead_after = 5s;  // of a connection whose other end acknowledges nothing; 0: no limit
  DestinationSettings destinations;
  std::optional<ProxySettings> proxy;  // none: origins are connected to directly
  TlsSettings tls;

  bool operator==(const UpstreamSettings&) const = default;
};

class UpstreamFactory final : public ConnectionFactory {
 public:
  // `parts` must outlive the factory; `metrics` is where it counts, and null only where nobody
  // wants to know; `on_tls_files` may be empty. Fails with a sentence that names the file if one of
  // those for TLS cannot be used; they are followed from then on.
  static Result<std::unique_ptr<UpstreamFactory>> create(
      const UpstreamParts& parts, const UpstreamSettings& settings,
      std::shared_ptr<OpeningMetrics> metrics = nullptr, OnTlsFiles on_tls_files = {});

  std::unique_ptr<PendingOpen> open(const Origin& origin, OpenListener& listener) override;
  void renew(const Origin& origin) override;

 private:
  UpstreamFactory(const UpstreamParts& parts, std::unique_ptr<TlsContext> tls,
                  const UpstreamSettings& settings, std::shared_ptr<OpeningMetrics> metrics);

  const UpstreamParts& parts_;
  const std::unique_ptr<TlsContext> tls_;
  const Duration connect_timeout_;
  const Duration dead_after_;
  const Destinations destinations_;
  std::optional<const UpstreamProxy> proxy_;
  const std::shared_ptr<OpeningMetrics> metrics_;
};

}  // namespace trunkd
