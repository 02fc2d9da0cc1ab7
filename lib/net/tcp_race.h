// Happy Eyeballs (RFC 8305): of several addresses the one that connects first.

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/scheduler.h"
#include "event/socket_address.h"
#include "event/tcp_connect.h"

namespace trunkd {

// Addresses in the order in which they are tried: as they come, which is the system's order (RFC
// 6724), but `preferred` first if it is among them, and the families by turns (RFC 8305, section
// 4).
Addresses order_of_attempts(const Addresses& addresses,
                            const std::optional<SocketAddress>& preferred);

// An attempt begins when the one before has failed, or after 250 ms (section 5) beside it. The
// first that connects ends the others. Destroying the race gives up.
class TcpRace {
 public:
  struct Winner {
    std::unique_ptr<Transport> transport;
    SocketAddress address;
  };
  using Done = std::function<void(Result<Winner>)>;
  // connect_tcp() on some loop; a fake one in tests.
  using Connect = std::function<std::unique_ptr<TcpConnect>(
      const SocketAddress&, std::function<void(Result<std::unique_ptr<Transport>>)>)>;

  TcpRace(Scheduler& scheduler, Connect connect);

  // `addresses` are tried in their order, there is at least one. `done` is called once, never from
  // inside; it may destroy the race. If all fail the error is the one that says most.
  void start(Addresses addresses, Done done);

  void stop();  // nothing is answered any more

  // "127.0.0.1:80", or several such: those that have not answered yet.
  std::string pending() const;

  static constexpr Duration kAttemptDelay = 250ms;

 private:
  struct Attempt {
    SocketAddress address;
    std::unique_ptr<TcpConnect> connect;  // null once it has failed
  };

  void try_next();
  void on_result(size_t index, Result<std::unique_ptr<Transport>> connected);
  void note(const Error& error);

  Scheduler& scheduler_;
  const Connect connect_;
  Addresses addresses_;
  std::vector<Attempt> attempts_;  // those that have begun, in the order of addresses_
  std::optional<Error> error_;     // that says most so far
  Done done_;
  Timer next_;
};

}  // namespace trunkd
