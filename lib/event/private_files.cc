#include "event/private_files.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trunkd {
namespace {

// Who is not root owns what he makes, and could not give it away.
Result<void> give_to_owner_of_directory(int fd, const std::string& path) {
  if (geteuid() != 0) return {};
  const std::string directory = directory_of(path);
  struct stat around {};
  if (stat(directory.c_str(), &around) != 0) return file_failure("look at", directory, errno);
  if (around.st_uid == 0) return {};
  if (fchown(fd, around.st_uid, around.st_gid) != 0) {
    return file_failure("give away", path, errno);
  }
  return {};
}

Result<void> make_directory(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0) {
    if (errno == EEXIST) return {};
    return file_failure("create", path, errno);
  }
  const Descriptor made(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made) return file_failure("open", path, errno);
  return give_to_owner_of_directory(made.get(), path);
}

// O_NONBLOCK: a pipe in the file's place must not hold us up.
int open_flags(int flags) { return flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK; }

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

tl::unexpected<Error> file_failure(const std::string& verb, const std::string& path, int error) {
  return tl::unexpected(Error{
      ErrorKind::internal, "cannot " + verb + ' ' + path + ": " + std::strerror(error), {}, error});
}

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> make_private_directories(const std::string& directory) {
  struct stat found {};
  if (stat(directory.c_str(), &found) == 0) return {};  // what is no directory is found out soon
  if (errno != ENOENT) return file_failure("look at", directory, errno);
  if (auto around = make_private_directories(directory_of(directory)); !around) return around;
  return make_directory(directory);
}

Result<Descriptor> open_private_file(const std::string& path, int flags) {
  Descriptor file(open(path.c_str(), open_flags(flags & ~O_CREAT)));
  if (!file && errno == ENOENT && (flags & O_CREAT) != 0) {
    if (auto made = make_private_directories(directory_of(path)); !made) {
      return tl::unexpected(made.error());
    }
    file = Descriptor(open(path.c_str(), open_flags(flags), 0600));
    if (!file) return file_failure("create", path, errno);
    if (auto given = give_to_owner_of_directory(file.get(), path); !given) {
      return tl::unexpected(given.error());
    }
  }
  if (!file) return file_failure("open", path, errno);
  struct stat kind {};
  if (fstat(file.get(), &kind) != 0) return file_failure("look at", path, errno);
  if (!S_ISREG(kind.st_mode)) {
    return failure(ErrorKind::internal, "cannot use " + path + ": it is no regular file");
  }
  return file;
}

}  // namespace trunkd
