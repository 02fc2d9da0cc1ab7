// Transport: the byte stream an HTTP connection runs on, plain or TLS; events in, commands out.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/task_queue.h"

namespace trunkd {

// Never owned by the transport. Any of these may destroy the transport's owner, but the transport
// itself only through Scheduler::dispose(), since its methods are on the stack.
class TransportListener {
 public:
  // The bytes are valid during the call only; what is not used now the listener must copy. Also
  // called after stop_reading() for bytes that were already taken from the socket.
  virtual void on_bytes(std::string_view bytes) = 0;
  // The peer will send no more, in order: FIN, for TLS after close_notify. Said once.
  virtual void on_end() = 0;
  // The stream is broken: reset, or for TLS an end without close_notify, an alert, a bad record.
  // Nothing is said after it.
  virtual void on_transport_error(const Error& error) = 0;
  // queued() has fallen to zero after a write that could not be finished at once.
  virtual void on_drained() = 0;

 protected:
  ~TransportListener() = default;
};

// Owned by its connection. Destroying closes at once (what is still queued may be lost; use
// shutdown() and wait for the peer where that matters). Nothing is said to the listener from
// inside a command.
class Transport : public Disposable {
 public:
  // Who hears of it; may be changed at any time, nullptr for nobody. Reading is off at first.
  virtual void set_listener(TransportListener* listener) = 0;

  virtual void start_reading() = 0;
  virtual void stop_reading() = 0;

  // Sends the parts in order, in one system call if the socket takes them; the rest is copied and
  // sent later. Returns queued(). A write after an error or shutdown() is ignored.
  virtual size_t write(std::span<const std::string_view> parts) = 0;
  size_t write(std::string_view bytes) { return write({&bytes, 1}); }

  virtual size_t queued() const = 0;  // bytes written here and not yet taken by the socket

  virtual void shutdown() = 0;  // half-close after what is queued (TLS: close_notify first)
  // Makes the destruction a reset (RST), so that the peer sees that something went wrong. On a
  // Unix socket there is none: a plain close.
  virtual void reset_on_close() = 0;

  // False if anything has arrived of which the listener has not heard yet: bytes, an end, an error.
  // Asks the socket, which costs a system call.
  virtual bool quiet() const = 0;

  // After on_end(): true if the peer is known to be gone as a whole and not only to have ended its
  // side; then nobody reads what is written. Costs some system calls.
  virtual bool peer_is_closed() const { return false; }

  // How long what was written may stay without an acknowledgement of the peer's system until the
  // stream counts as broken (TCP_USER_TIMEOUT); 0: as long as the system says. Of no effect on a
  // Unix socket.
  virtual void set_dead_after(Duration time) = 0;

  // True if bytes that have been received wait inside (TLS): they belong to no message yet.
  virtual bool has_buffered_input() const { return false; }
};

}  // namespace trunkd
