#include "event/file_lock.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/text.h"

namespace trunkd {
namespace {

// Who holds the lock wrote it there; it may not have come to that yet.
std::string holder(int fd) {
  std::array<char, 32> text{};
  const ssize_t size = pread(fd, text.data(), text.size(), 0);
  const std::string_view written(text.data(), size > 0 ? static_cast<size_t>(size) : 0);
  const auto pid = parse_decimal(written.substr(0, written.find('\n')));
  return pid ? " (pid " + std::to_string(*pid) + ')' : "";
}

}  // namespace

Result<FileLock> FileLock::take(const std::string& path, const std::string& what) {
  auto file = open_private_file(path, O_RDWR | O_CREAT);
  if (!file) return tl::unexpected(file.error());
  // Of the open file, not of the process: taken twice by one process it is refused as well.
  if (flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return file_failure("lock", path, errno);
    return failure(ErrorKind::internal,
                   what + " is in use by another trunkd" + holder(file->get()));
  }
  const std::string pid = std::to_string(getpid()) + '\n';
  // On a full disk the lock holds all the same; only the number is missing from the sentence.
  if (ftruncate(file->get(), 0) == 0) (void)!pwrite(file->get(), pid.data(), pid.size(), 0);
  return FileLock(std::move(*file));
}

}  // namespace trunkd
