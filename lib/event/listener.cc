#include "event/listener.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "event/acceptor.h"
#include "event/stream.h"

namespace trunkd {
namespace {

constexpr int kAcceptsPerEvent = 64;
constexpr Duration kPauseWithoutDescriptors = 100ms;

class TcpListener final : public Listener {
 public:
  TcpListener(Loop& loop, FileDescriptor socket, uint16_t port, OnAccept on_accept)
      : port_(port), acceptor_(loop, std::move(socket), true, std::move(on_accept)) {}

  uint16_t port() const override { return port_; }
  void accept_waiting() override { acceptor_.accept_waiting(); }

 private:
  const uint16_t port_;
  Acceptor acceptor_;
};

bool set_option(int socket, int level, int option) {
  const int on = 1;
  return setsockopt(socket, level, option, &on, sizeof on) == 0;
}

bool out_of_resources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

tl::unexpected<Error> system_failure(std::string what) {
  const int error = errno;
  return tl::unexpected(
      Error{ErrorKind::internal, std::move(what) + ": " + std::strerror(error), {}, error});
}

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) close(fd_);
}

// TCP_NODELAY is inherited by the accepted sockets: one call for all of them.
Result<std::unique_ptr<Listener>> Listener::tcp(Loop& loop, const SocketAddress& address,
                                                OnAccept on_accept) {
  const std::string what = "cannot listen on " + address.text();
  const int family = address.is_ipv6() ? AF_INET6 : AF_INET;
  FileDescriptor listening(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listening.valid()) return system_failure(what);
  const int fd = listening.get();
  if (!set_option(fd, SOL_SOCKET, SO_REUSEADDR) || !set_option(fd, IPPROTO_TCP, TCP_NODELAY) ||
      (address.is_ipv6() && !set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY))) {
    return system_failure(what);
  }
  if (bind(fd, address.get(), address.size()) != 0 || listen(fd, Acceptor::kBacklog) != 0) {
    return system_failure(what);
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return system_failure(what);
  const uint16_t port = SocketAddress(reinterpret_cast<sockaddr*>(&bound)).port();
  return std::make_unique<TcpListener>(loop, std::move(listening), port, std::move(on_accept));
}

Acceptor::Acceptor(Loop& loop, FileDescriptor socket, bool is_tcp, Listener::OnAccept on_accept)
    : loop_(loop),
      is_tcp_(is_tcp),
      on_accept_(std::move(on_accept)),
      socket_(std::move(socket)),
      retry_(loop, [this] { watch(); }) {
  auto* poll = new uv_poll_t{};
  uv_poll_init(loop.uv(), poll, socket_.get());
  poll->data = this;
  poll_.reset(poll);
  watch();
}

void Acceptor::watch() { uv_poll_start(poll_.get(), UV_READABLE, &on_ready); }

void Acceptor::on_ready(uv_poll_t* poll, int, int) {
  for (int count = 0; count < kAcceptsPerEvent; ++count) {
    auto* self = static_cast<Acceptor*>(poll->data);
    if (self == nullptr || !self->accept_one()) return;  // its owner may have destroyed it
  }
}

void Acceptor::accept_waiting() {
  for (int count = 0; count < kBacklog && accept_one();) ++count;
}

// By hand and not by uv_listen(), which closes the connections that wait when there is no
// descriptor left: they can wait a little longer.
bool Acceptor::accept_one() {
  const int accepted = accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted < 0) {
    if (errno == ECONNABORTED || errno == EINTR) return true;
    if (out_of_resources(errno)) {
      uv_poll_stop(poll_.get());
      retry_.start_at(loop_.now() + kPauseWithoutDescriptors);
    }
    return false;
  }
  auto transport = stream_from_socket(loop_, accepted, is_tcp_);
  if (transport) on_accept_(std::move(transport));  // may destroy this acceptor
  return true;
}

}  // namespace trunkd
