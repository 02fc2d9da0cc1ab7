#include "daemon/commands/doctor/writable.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "event/private_files.h"
#include "event/socket_address.h"

namespace trunkd {

std::optional<std::string> cannot_make(const std::string& path, bool with_directories) {
  std::string directory = directory_of(path);
  struct stat there {};
  while (stat(directory.c_str(), &there) != 0) {
    const int error = errno;
    const std::string above = directory_of(directory);
    if (error != ENOENT || !with_directories || above == directory) {
      return directory + ": " + std::strerror(error);
    }
    directory = above;
  }
  if (!S_ISDIR(there.st_mode)) return directory + " is no directory";
  if (faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return std::nullopt;
  return directory + " may not be written by this user";
}

bool ipv6_is_there() {
  const auto address = SocketAddress::parse("::1", 0);
  const Descriptor socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return socket && bind(socket.get(), address->get(), address->size()) == 0;
}

}  // namespace trunkd
