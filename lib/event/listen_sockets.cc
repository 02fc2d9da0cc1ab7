#include "event/listen_sockets.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "event/acceptor.h"

namespace trunkd {
namespace {

constexpr int kFirstInherited = 3;
constexpr int kMostInherited = 256;

class InheritedListener final : public Listener {
 public:
  // `in_use` lives as long as some listener over the same socket.
  InheritedListener(Loop& loop, FileDescriptor socket, std::shared_ptr<const bool> in_use,
                    uint16_t port, OnAccept on_accept)
      : in_use_(std::move(in_use)),
        port_(port),
        acceptor_(loop, std::move(socket), port != 0, std::move(on_accept)) {}

  uint16_t port() const override { return port_; }
  void accept_waiting() override {}  // the next process takes them

 private:
  const std::shared_ptr<const bool> in_use_;
  const uint16_t port_;
  Acceptor acceptor_;
};

// The number in an environment variable; 0 if there is none.
int number_of(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return 0;
  const std::string_view digits(text);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

bool is_stream_that_listens(int fd) {
  int type = 0, listens = 0;
  socklen_t size = sizeof type;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM) return false;
  size = sizeof listens;
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens == 1;
}

bool prepare(int fd, bool is_tcp) {
  const int on = 1;
  if (is_tcp && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) return false;
  const int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
         fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

}  // namespace

struct ListenSockets::Inherited {
  FileDescriptor socket;
  std::string address;
  uint16_t port = 0;  // 0: a Unix socket
  bool claimed = false;
  std::weak_ptr<const bool> in_use;  // expired: no listener is there

  static Result<std::unique_ptr<Inherited>> of(int fd);
  Result<std::unique_ptr<Listener>> listener(Loop& loop, Listener::OnAccept on_accept);
};

Result<std::unique_ptr<ListenSockets::Inherited>> ListenSockets::Inherited::of(int fd) {
  const std::string what = "the inherited descriptor " + std::to_string(fd);
  auto inherited = std::make_unique<Inherited>();
  inherited->socket = FileDescriptor(fd);
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return system_failure(what);
  if (bound.ss_family == AF_UNIX) {
    const auto* address = reinterpret_cast<const sockaddr_un*>(&bound);
    const size_t length = size > offsetof(sockaddr_un, sun_path)
                              ? strnlen(address->sun_path, size - offsetof(sockaddr_un, sun_path))
                              : 0;
    const bool abstract = length == 0 && size > offsetof(sockaddr_un, sun_path);
    inherited->address =
        "unix:" + (abstract ? "@" + std::string(address->sun_path + 1,
                                                size - offsetof(sockaddr_un, sun_path) - 1)
                            : std::string(address->sun_path, length));
  } else if (bound.ss_family == AF_INET || bound.ss_family == AF_INET6) {
    const SocketAddress address(reinterpret_cast<const sockaddr*>(&bound));
    inherited->address = address.text();
    inherited->port = address.port();
  } else {
    return failure(ErrorKind::internal, what + " is neither TCP nor a Unix socket");
  }
  if (!is_stream_that_listens(fd)) {
    return failure(ErrorKind::internal, what + " (" + inherited->address +
                                            ") does not listen for streams: ListenStream= and "
                                            "Accept=no make one that does");
  }
  if (!prepare(fd, inherited->port != 0)) return system_failure(what);
  return inherited;
}

Result<std::unique_ptr<Listener>> ListenSockets::Inherited::listener(Loop& loop,
                                                                     Listener::OnAccept on_accept) {
  // As the system would say of a socket that is not shared.
  if (!in_use.expired()) {
    errno = EADDRINUSE;
    return system_failure("cannot listen on " + address);
  }
  FileDescriptor own(fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
  if (!own.valid()) return system_failure("cannot listen on " + address);
  claimed = true;
  const auto use = std::make_shared<const bool>(true);
  in_use = use;
  return std::make_unique<InheritedListener>(loop, std::move(own), use, port, std::move(on_accept));
}

ListenSockets::ListenSockets() = default;
ListenSockets::~ListenSockets() = default;
ListenSockets::ListenSockets(ListenSockets&&) noexcept = default;

Result<ListenSockets> ListenSockets::inherited() {
  const bool for_us = number_of("LISTEN_PID") == getpid();
  const int count = for_us ? std::clamp(number_of("LISTEN_FDS"), 0, kMostInherited) : 0;
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) unsetenv(name);
  ListenSockets sockets;
  for (int fd = kFirstInherited; fd < kFirstInherited + count; ++fd) {
    auto inherited = Inherited::of(fd);
    if (!inherited) return tl::unexpected(inherited.error());
    sockets.inherited_.push_back(std::move(*inherited));
  }
  return sockets;
}

Result<std::unique_ptr<Listener>> ListenSockets::tcp(Loop& loop, const SocketAddress& address,
                                                     Listener::OnAccept on_accept) {
  if (Inherited* inherited = find(address.text())) {
    return inherited->listener(loop, std::move(on_accept));
  }
  return Listener::tcp(loop, address, std::move(on_accept));
}

Result<std::unique_ptr<Listener>> ListenSockets::unix_socket(Loop& loop,
                                                             const UnixSocketSettings& settings,
                                                             Listener::OnAccept on_accept) {
  if (Inherited* inherited = find("unix:" + settings.path)) {
    return inherited->listener(loop, std::move(on_accept));
  }
  return Listener::unix_socket(loop, settings, std::move(on_accept));
}

bool ListenSockets::has(const std::string& address) const {
  return std::any_of(inherited_.begin(), inherited_.end(),
                     [&](const auto& one) { return one->address == address; });
}

std::vector<std::string> ListenSockets::unclaimed() const {
  std::vector<std::string> addresses;
  for (const auto& one : inherited_) {
    if (!one->claimed) addresses.push_back(one->address);
  }
  return addresses;
}

ListenSockets::Inherited* ListenSockets::find(const std::string& address) {
  const auto found = std::find_if(inherited_.begin(), inherited_.end(),
                                  [&](const auto& one) { return one->address == address; });
  return found == inherited_.end() ? nullptr : found->get();
}

}  // namespace trunkd
