// Resolver: name lookup by getaddrinfo on libuv's thread pool; never on the loop.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "event/loop.h"
#include "event/socket_address.h"

namespace trunkd {

// One wanted answer. Destroying it means that nobody waits any more.
class Lookup {
 public:
  virtual ~Lookup() = default;
};

class Resolver {
 public:
  explicit Resolver(Loop& loop);
  ~Resolver();

  using Done = std::function<void(Result<std::vector<SocketAddress>>)>;
  // Addresses in the system's order (RFC 6724), never none. `done` is never called from inside;
  // an address literal needs no lookup. Equal lookups at the same time, or within 5 s, are one. At
  // most two run at once, so that one dead name server leaves threads for the rest.
  std::unique_ptr<Lookup> resolve(const std::string& host, uint16_t port, Done done);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace trunkd
