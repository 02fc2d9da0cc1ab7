// Doors: the listeners of the shared port and of the sessions. A new configuration opens what is
// missing first, and only then takes effect as a whole.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "base/transport.h"
#include "config/config.h"
#include "event/listen_sockets.h"
#include "event/listener.h"
#include "event/loop.h"
#include "session/arrival.h"

namespace trunkd {

class Doors {
 public:
  // Each new connection, with how it came: good as long as the doors, or until purge().
  using OnAccept = std::function<void(std::unique_ptr<Transport>, const Arrival&)>;

  // `loop`, `log` and `sockets` must outlive the doors.
  Doors(Loop& loop, Log& log, ListenSockets& sockets, OnAccept on_accept);

  // Opens every listener of `config` that is not there yet, or none and says why. Nothing else
  // changes; nobody is accepted before commit() if that follows within the same event.
  Result<void> prepare(const Config& config);
  // What was prepared is in use; listeners that nobody wants any more are closed and returned, for
  // their clients to be told.
  std::vector<const Arrival*> commit();
  void forget_prepared();
  // What of the prepared configuration waits for the next start: sentences.
  const std::vector<std::string>& notices() const { return notices_; }
  // Forgets closed doors that `in_use` says no client refers to.
  void purge(const std::function<bool(const Arrival&)>& in_use);

  void close_all();  // no new connections; clients still refer to how they came

  // A connection to this address would come to one of them.
  bool is_own(const SocketAddress& address) const;
  // The port of a session's own first TCP listener, or of the shared one if `session` is empty; 0
  // if there is none. For port 0 the one that was found.
  uint16_t port(std::string_view session) const;

 private:
  // One address that listens, and what it means for the requests that arrive there.
  struct Door {
    Arrival arrival;
    std::string session;  // its name; empty: the shared port
    std::string local_ip;
    ListenAddress unix_address;  // of a Unix socket
    uint16_t asked_port = 0;     // as configured
    std::string text;
    std::unique_ptr<Listener> listener;  // null once it is closed
    bool wanted = false;                 // by what is being prepared
  };
  // What one entry of the configuration asks for.
  struct Wish {
    std::optional<size_t> session;  // index
    std::string name;
  };

  Result<void> provide(const ListenAddress& address, const Wish& wish);
  Result<void> provide_unix(const ListenAddress& address, const Wish& wish);
  Result<void> provide_loopback(uint16_t port, const Wish& wish);
  Result<void> open_loopback(uint16_t port, const Wish& wish);
  Result<uint16_t> open_tcp(const std::string& host, uint16_t port, const Wish& wish);
  Error with_own_listener(Error error, uint16_t port) const;
  Door* find_tcp(const std::string& host, uint16_t port, const Wish& wish);
  Door& add(const Wish& wish);
  void announce(const Wish& wish, size_t first);

  Loop& loop_;
  Log& log_;
  ListenSockets& sockets_;
  const OnAccept on_accept_;
  std::vector<std::unique_ptr<Door>> doors_;
  std::vector<std::unique_ptr<Door>> prepared_;  // opened for the configuration to come
  std::vector<std::string> announcements_;
  std::vector<std::string> notices_;
  struct Claim {
    Door* door;
    Wish wish;
  };
  std::vector<Claim> claims_;  // doors of now that it wants too
  std::vector<std::unique_ptr<Door>> closed_;
};

}  // namespace trunkd
