// Listening on a Unix path: by hand, since uv_pipe_bind() cuts a long path silently and uv_close()
// unlinks a path that another daemon may have bound since.

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "event/acceptor.h"
#include "event/group_id.h"
#include "event/listener.h"

namespace trunkd {
namespace {

// The file that bind() made; removed at the end if it is still that one.
class SocketFile {
 public:
  SocketFile(std::string path, const struct stat& made)
      : path_(std::move(path)), device_(made.st_dev), inode_(made.st_ino) {}
  ~SocketFile() {
    struct stat now {};
    if (lstat(path_.c_str(), &now) != 0) return;
    if (now.st_dev == device_ && now.st_ino == inode_) unlink(path_.c_str());
  }
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;

 private:
  const std::string path_;
  const dev_t device_;
  const ino_t inode_;
};

class UnixListener final : public Listener {
 public:
  UnixListener(Loop& loop, FileDescriptor socket, std::unique_ptr<SocketFile> file,
               OnAccept on_accept)
      : file_(std::move(file)), acceptor_(loop, std::move(socket), false, std::move(on_accept)) {}

  uint16_t port() const override { return 0; }
  void accept_waiting() override { acceptor_.accept_waiting(); }

 private:
  std::unique_ptr<SocketFile> file_;
  Acceptor acceptor_;
};

// A full backlog (EAGAIN) is a live one too.
bool somebody_listens(const sockaddr_un& address) {
  const FileDescriptor probe(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  return connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
         errno == EAGAIN;
}

Result<void> make_room(const sockaddr_un& address, const std::string& what) {
  struct stat there {};
  if (lstat(address.sun_path, &there) != 0) {
    if (errno == ENOENT) return {};
    return system_failure(what);
  }
  if (!S_ISSOCK(there.st_mode)) {
    return failure(ErrorKind::internal, what + ": there is a file of another kind");
  }
  if (somebody_listens(address)) {
    return failure(ErrorKind::internal, what + ": another process listens there");
  }
  if (unlink(address.sun_path) != 0 && errno != ENOENT) return system_failure(what);
  return {};
}

// `owner`: the group that the file was made with. Under a filter of system calls, as a service
// manager sets them, even giving a file to the group that it has is refused.
Result<void> set_access(const UnixSocketSettings& settings, gid_t owner, const std::string& what) {
  if (!settings.group.empty()) {
    const std::optional<gid_t> group = group_id(settings.group);
    if (!group) {
      return failure(ErrorKind::internal, what + ": there is no group \"" + settings.group + '"');
    }
    if (*group != owner && chown(settings.path.c_str(), static_cast<uid_t>(-1), *group) != 0) {
      return system_failure(
          what + ": cannot give it to the group \"" + settings.group +
          "\" (as a service, let systemd make it: SocketGroup= of a socket unit)");
    }
  }
  if (chmod(settings.path.c_str(), settings.mode) != 0) return system_failure(what);
  return {};
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::unix_socket(Loop& loop,
                                                        const UnixSocketSettings& settings,
                                                        OnAccept on_accept) {
  const std::string what = "cannot listen on " + settings.path;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (settings.path.empty() || settings.path.size() >= sizeof address.sun_path) {
    return failure(ErrorKind::internal, what + ": a socket's path has 1 to " +
                                            std::to_string(sizeof address.sun_path - 1) +
                                            " bytes, this one " +
                                            std::to_string(settings.path.size()));
  }
  std::memcpy(address.sun_path, settings.path.data(), settings.path.size());
  if (const auto room = make_room(address, what); !room) return tl::unexpected(room.error());

  FileDescriptor listening(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listening.valid()) return system_failure(what);
  if (bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return system_failure(what);
  }
  struct stat made {};
  if (lstat(address.sun_path, &made) != 0) return system_failure(what);
  auto file = std::make_unique<SocketFile>(settings.path, made);
  // Before listen(): until then nobody can connect, whatever the umask made of the file.
  if (const auto access = set_access(settings, made.st_gid, what); !access) {
    return tl::unexpected(access.error());
  }
  if (listen(listening.get(), Acceptor::kBacklog) != 0) return system_failure(what);
  return std::make_unique<UnixListener>(loop, std::move(listening), std::move(file),
                                        std::move(on_accept));
}

}  // namespace trunkd
