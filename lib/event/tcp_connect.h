// Opens a TCP connection to one address.

#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "base/transport.h"
#include "event/loop.h"
#include "event/socket_address.h"

namespace trunkd {

// A connection attempt. Destroying it gives up.
class TcpConnect : public Disposable {};

// `done` is never called from inside; TCP_NODELAY is set. Errors: connection_refused,
// connect_failed (unreachable and the rest, with the system's words).
std::unique_ptr<TcpConnect> connect_tcp(
    Loop& loop, const SocketAddress& address,
    std::function<void(Result<std::unique_ptr<Transport>>)> done);

// Also for tests and the demo: connects to a Unix socket.
std::unique_ptr<TcpConnect> connect_unix(
    Loop& loop, const std::string& path,
    std::function<void(Result<std::unique_ptr<Transport>>)> done);

}  // namespace trunkd
