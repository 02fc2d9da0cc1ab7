// Acceptor: takes connections from a listening socket; what both kinds of listener are made of.

#pragma once

#include <uv.h>

#include "base/timers.h"
#include "event/handle.h"
#include "event/listener.h"

namespace trunkd {

// A descriptor that is closed at the end.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

class Acceptor {
 public:
  static constexpr int kBacklog = 4096;  // for listen(2); the system cuts it to net.core.somaxconn

  // `socket` is bound, listening and non-blocking.
  Acceptor(Loop& loop, FileDescriptor socket, bool is_tcp, Listener::OnAccept on_accept);

  int socket() const { return socket_.get(); }
  void accept_waiting();  // see Listener; `on_accept` must not destroy this acceptor

 private:
  static void on_ready(uv_poll_t* poll, int status, int events);
  void watch();
  bool accept_one();

  Loop& loop_;
  const bool is_tcp_;
  Listener::OnAccept on_accept_;
  FileDescriptor socket_;  // closed after the handle below has stopped polling it
  Handle<uv_poll_t> poll_;
  Timer retry_;
};

// An Error with the system's words for errno.
tl::unexpected<Error> system_failure(std::string what);

}  // namespace trunkd
