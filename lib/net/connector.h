// Connector: name lookup, TCP, a proxy's handshake and TLS under one deadline; yields a Transport
// or an Error.

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/origin.h"
#include "base/result.h"
#include "base/transport.h"
#include "event/loop.h"
#include "net/address_cache.h"
#include "net/next_hop.h"
#include "net/tls_context.h"
#include "net/tls_facts.h"

namespace trunkd {

struct ConnectTimes {
  Duration dns{};
  Duration connect{};  // with a proxy's handshake
  Duration tls{};
};

struct Dialled {
  std::unique_ptr<Transport> transport;
  ConnectTimes times;
  std::string address;  // "192.0.2.1:443", "[2001:db8::1]:443"
  bool tls_resumed = false;
  std::optional<TlsFacts> tls{};   // none: plain
  SocketAddress socket_address{};  // the same as `address`; of a proxy if there is one
  std::string first_bytes{};       // of a tunnel: what came behind the proxy's answer
};

// What is said of the addresses to connect to; must outlive the connectors that ask.
class AddressRules {
 public:
  // Those of a host that is not looked up; null: it is.
  virtual const Addresses* fixed(const std::string& host) const = 0;
  // Why there must be no connection to an address of this origin; none: there may be one.
  virtual std::optional<Error> refuse(const Origin& origin, const SocketAddress& address) const = 0;

 protected:
  ~AddressRules() = default;
};

class Connector {
 public:
  struct Parts {
    Loop& loop;
    AddressCache& addresses;
    TlsContext* tls;                      // nullptr if the origin is plain
    const AddressRules* rules = nullptr;  // none: every host is looked up, every address is right
    const NextHop* next_hop = nullptr;    // none: the origin itself
    const void* asker = nullptr;          // of AddressCache::resolve()
  };
  using Done = std::function<void(Result<Dialled>)>;

  // Destroying it stops the lookup, the attempts and the handshakes. Everything named in `parts`
  // must outlive it. With a next hop, lookup, rules and the preferred address are about that; TLS
  // and its sessions stay those of the origin.
  Connector(const Parts& parts, Origin origin, Duration timeout);
  ~Connector();

  // `done` is called once, never from inside start(); it may destroy the connector. Of several
  // addresses the first that connects is taken (TcpRace); it is one that the rules were asked for.
  void start(Done done);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace trunkd
