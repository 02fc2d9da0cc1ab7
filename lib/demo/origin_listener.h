// OriginListener: accepts the connections of an origin, plain or TLS, and counts them.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/origin.h"
#include "base/result.h"
#include "base/transport.h"
#include "demo/connection_count.h"
#include "event/listener.h"
#include "event/loop.h"
#include "net/tls_server.h"

namespace trunkd {

struct HandshakeCounts {
  uint64_t full = 0;  // with the certificate sent and checked
  uint64_t resumed = 0;
  uint64_t failed = 0;
};

class OriginListener {
 public:
  // Takes each connection, for TLS after its handshake. Reading is off. Who takes it says
  // connection_closed() once when it is over.
  using OnConnection = std::function<void(std::unique_ptr<Transport>)>;

  // Listens on 127.0.0.1 and a free port; without `tls` plainly. `loop` must outlive it.
  static Result<std::unique_ptr<OriginListener>> start(Loop& loop,
                                                       const std::optional<TlsServerSettings>& tls,
                                                       OnConnection on_connection);
  ~OriginListener();

  // As it is connected to: https or http, 127.0.0.1 and the port.
  const Origin& origin() const { return origin_; }
  void connection_closed() { count_.closed(); }
  void stop_listening() { listener_.reset(); }

  const ConnectionCount& connections() const { return count_; }  // from the TCP connection on
  const HandshakeCounts& handshakes() const { return handshakes_; }

 private:
  OriginListener(Loop& loop, OnConnection on_connection);
  void accept(std::unique_ptr<Transport> transport);
  void on_handshake_over(uint64_t id, Result<TlsAccepted> accepted);

  Loop& loop_;
  OnConnection on_connection_;
  std::unique_ptr<TlsServerContext> tls_;  // null: plain
  std::unique_ptr<Listener> listener_;
  Origin origin_;
  ConnectionCount count_;
  HandshakeCounts handshakes_;
  uint64_t last_id_ = 0;
  std::map<uint64_t, std::unique_ptr<TlsAccept>> in_handshake_;
};

}  // namespace trunkd
