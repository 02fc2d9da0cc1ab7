// ListenSockets: where listeners come from: the sockets that a service manager opened before the
// process began (systemd's socket activation), else new ones.

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "event/listener.h"
#include "event/loop.h"
#include "event/socket_address.h"

namespace trunkd {

class ListenSockets {
 public:
  ListenSockets();  // nothing is inherited
  ~ListenSockets();
  ListenSockets(ListenSockets&&) noexcept;
  ListenSockets& operator=(ListenSockets&&) = delete;

  // Those of $LISTEN_FDS, if $LISTEN_PID is this process (sd_listen_fds(3)); both are removed from
  // the environment. Fails if one of them is not a stream socket that listens.
  static Result<ListenSockets> inherited();

  // As Listener::tcp() and Listener::unix_socket(), over the inherited socket with this very
  // address if there is one; EADDRINUSE while it has a listener already. It stays open here, so
  // that a listener that is closed can be opened again; mode and group of a Unix socket's file are
  // the service manager's then.
  Result<std::unique_ptr<Listener>> tcp(Loop& loop, const SocketAddress& address,
                                        Listener::OnAccept on_accept);
  Result<std::unique_ptr<Listener>> unix_socket(Loop& loop, const UnixSocketSettings& settings,
                                                Listener::OnAccept on_accept);

  // Whether `address` (SocketAddress::text(), or "unix:" and a path) is inherited: closing a
  // listener there closes no door, since the service manager holds it open.
  bool has(const std::string& address) const;
  // The addresses of those that no listener was asked of.
  std::vector<std::string> unclaimed() const;

 private:
  struct Inherited;
  Inherited* find(const std::string& address);

  std::vector<std::unique_ptr<Inherited>> inherited_;
};

}  // namespace trunkd
