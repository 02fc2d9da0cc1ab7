// Listener: accepts connections on a TCP address or a Unix path.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>

#include "base/result.h"
#include "base/transport.h"
#include "event/loop.h"
#include "event/socket_address.h"

namespace trunkd {

struct UnixSocketSettings {
  std::string path;
  mode_t mode = 0660;
  std::string group;  // empty: the process's own
};

// Destroying it stops listening; within on_accept only through Scheduler::dispose(). When no
// descriptor is free for a new connection, accepting pauses and goes on by itself a moment later.
class Listener : public Disposable {
 public:
  // Takes each new connection. Reading is off; on TCP, TCP_NODELAY is on.
  using OnAccept = std::function<void(std::unique_ptr<Transport>)>;

  // Bound and listening when it returns. `loop` must outlive it. Port 0 takes a free one.
  static Result<std::unique_ptr<Listener>> tcp(Loop& loop, const SocketAddress& address,
                                               OnAccept on_accept);
  // A stale socket file (nobody answers) is replaced; a live one and a file of another kind are
  // errors. The file is removed when the listener ends, but only if it is still its own (inode).
  static Result<std::unique_ptr<Listener>> unix_socket(Loop& loop,
                                                       const UnixSocketSettings& settings,
                                                       OnAccept on_accept);

  virtual uint16_t port() const = 0;  // 0 for a Unix socket
  // Takes those at once who have connected and wait: closing would reset them. Nothing where the
  // socket stays open behind the listener. May destroy nothing of the caller's.
  virtual void accept_waiting() = 0;
};

}  // namespace trunkd
