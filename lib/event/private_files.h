// Files and directories that are nobody else's business: 0600 and 0700, never through a symbolic
// link. Plain blocking calls: for libuv's thread pool, for the start and for commands.

#pragma once

#include <string>
#include <sys/types.h>
#include <utility>

#include "base/result.h"

namespace trunkd {

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

// "cannot VERB PATH: what the system says", with `error` as the Error's system_error.
tl::unexpected<Error> file_failure(const std::string& verb, const std::string& path, int error);

std::string directory_of(const std::string& path);

// Creates what is missing of `directory`, 0700.
Result<void> make_private_directories(const std::string& directory);

// open(2) with `flags` and O_CLOEXEC, of a regular file only; with O_CREAT it gets 0600 and the
// missing directories are made. A file or directory that root makes belongs to whoever owns the
// directory around it, so that a command run by root leaves nothing that the daemon cannot read.
Result<Descriptor> open_private_file(const std::string& path, int flags);

}  // namespace trunkd
