// Connector: name lookup, TCP and TLS under one deadline; yields a Transport or an Error.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/origin.h"
#include "base/result.h"
#include "base/transport.h"
#include "event/loop.h"
#include "event/resolver.h"
#include "net/tls_context.h"

namespace trunkd {

struct ConnectTimes {
  Duration dns{}, connect{}, tls{};
};

struct Dialled {
  std::unique_ptr<Transport> transport;
  ConnectTimes times;
  std::string address;  // "192.0.2.1:443", "[2001:db8::1]:443"
  bool tls_resumed = false;
};

class Connector {
 public:
  struct Parts {
    Loop& loop;
    Resolver& resolver;
    TlsContext* tls;  // nullptr if the origin is plain
  };
  using Done = std::function<void(Result<Dialled>)>;

  // Destroying it stops the lookup, the attempts and the handshake. Everything named in `parts`
  // must outlive it.
  Connector(const Parts& parts, Origin origin, Duration timeout);
  ~Connector();

  // `done` is called once, never from inside start(); it may destroy the connector. Addresses are
  // tried in the order of the lookup, each with its share of the time that is left.
  void start(Done done);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace trunkd
