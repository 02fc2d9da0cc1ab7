#include "event/read_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trunkd {
namespace {

// Reads until the end of the file, or until it is too long. Returns 0 or errno.
int read_all(int fd, size_t limit, std::string& content) {
  char piece[16384];
  while (content.size() <= limit) {
    const ssize_t count = read(fd, piece, sizeof piece);
    if (count == 0) return 0;
    if (count > 0) {
      content.append(piece, static_cast<size_t>(count));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

tl::unexpected<Error> read_failure(int error) {
  return tl::unexpected(Error{ErrorKind::internal, std::strerror(error), {}, error});
}

}  // namespace

Result<std::string> read_regular_file(const std::string& path, size_t limit) {
  // Without O_NONBLOCK a named pipe would hold the thread until somebody writes to it.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return read_failure(errno);
  struct stat kind {};
  std::string content;
  int error = fstat(fd, &kind) == 0 ? 0 : errno;
  const bool regular = error == 0 && S_ISREG(kind.st_mode);
  if (regular) error = read_all(fd, limit, content);
  close(fd);
  if (error != 0) return read_failure(error);
  if (!regular) return failure(ErrorKind::internal, "it is not a regular file");
  if (content.size() > limit) {
    return failure(ErrorKind::internal,
                   "it has more than " + std::to_string(limit / 1024) + " KiB");
  }
  return content;
}

}  // namespace trunkd
