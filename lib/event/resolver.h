// Resolver: name lookup by getaddrinfo on libuv's thread pool; never on the loop.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "event/loop.h"
#include "event/socket_address.h"

namespace trunkd {

// One wanted answer. Destroying it means that nobody waits any more.
class Lookup {
 public:
  virtual ~Lookup() = default;
};

// Where the addresses of a host name are asked for: the system, or a test.
class NameLookup {
 public:
  using Done = std::function<void(Result<Addresses>)>;
  // With port 0, the first to be tried first; none at all if there is no such name. dns_failed if
  // the question was not answered. `done` is never called from inside; it may destroy the lookup.
  virtual std::unique_ptr<Lookup> look_up(const std::string& host, Done done) = 0;

 protected:
  ~NameLookup() = default;
};

// Asks the system, each time anew; addresses come in its order (RFC 6724).
class Resolver final : public NameLookup {
 public:
  explicit Resolver(Loop& loop) : loop_(loop) {}

  std::unique_ptr<Lookup> look_up(const std::string& host, Done done) override;

 private:
  Loop& loop_;
};

}  // namespace trunkd
