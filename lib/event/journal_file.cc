#include "event/journal_file.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trunkd {
namespace {

// Returns 0 or errno. The second call only finds out why the first one wrote less.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return 0;
}

int read_all(int fd, std::string& text) {
  size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t count = read(fd, text.data() + filled, text.size() - filled);
    if (count < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    if (count == 0) break;  // it became shorter meanwhile
    filled += static_cast<size_t>(count);
  }
  text.resize(filled);
  return 0;
}

// A renamed file must be found again after the machine went down. A file system that cannot do that
// is no reason to refuse the work.
void sync_directory(const std::string& directory) {
  const Descriptor opened(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened) (void)fsync(opened.get());
}

}  // namespace

Result<std::string> JournalFile::load() {
  auto file = open_private_file(path_, O_RDWR);
  if (!file) {
    if (file.error().system_error != ENOENT) return tl::unexpected(file.error());
    device_ = inode_ = length_ = 0;
    changed_ = false;
    return std::string();
  }
  struct stat found {};
  if (fstat(file->get(), &found) != 0) return file_failure("look at", path_, errno);
  if (static_cast<uint64_t>(found.st_size) > kMaxSize) {
    return failure(ErrorKind::internal, "cannot use " + path_ + ": it is larger than 64 MiB");
  }
  if ((found.st_mode & 077) != 0 && fchmod(file->get(), 0600) != 0) {
    return file_failure("protect", path_, errno);
  }
  std::string text(static_cast<size_t>(found.st_size), '\0');
  if (const int error = read_all(file->get(), text); error != 0) {
    return file_failure("read", path_, error);
  }
  const size_t whole = text.rfind('\n') + 1;  // 0 without any line break
  if (whole != text.size()) {
    if (ftruncate(file->get(), static_cast<off_t>(whole)) != 0) {
      return file_failure("cut", path_, errno);
    }
    text.resize(whole);
  }
  remember(file->get());
  return text;
}

void JournalFile::remember(int fd) {
  struct stat left {};
  changed_ = fstat(fd, &left) != 0;
  device_ = left.st_dev;
  inode_ = left.st_ino;
  length_ = static_cast<uint64_t>(left.st_size);
}

// A file that was not there is ours if it still is empty.
Result<void> JournalFile::check_unchanged(int fd) {
  struct stat now {};
  if (fstat(fd, &now) != 0) return file_failure("look at", path_, errno);
  const bool same_file = inode_ == 0 || (now.st_dev == device_ && now.st_ino == inode_);
  if (same_file && static_cast<uint64_t>(now.st_size) == length_) return {};
  changed_ = true;
  return failure(ErrorKind::internal, "cannot write to " + path_ + ": somebody else changed it");
}

Result<size_t> JournalFile::append(std::string_view lines) {
  if (changed_) {
    return failure(ErrorKind::internal, "cannot write to " + path_ + ": it is not as it was left");
  }
  auto file = open_private_file(path_, O_WRONLY | O_APPEND | (inode_ == 0 ? O_CREAT : 0));
  if (!file) {
    changed_ = file.error().system_error == ENOENT && inode_ != 0;  // somebody removed it
    return tl::unexpected(file.error());
  }
  if (auto unchanged = check_unchanged(file->get()); !unchanged) {
    return tl::unexpected(unchanged.error());
  }
  if (inode_ == 0) remember(file->get());
  if (const int error = write_all(file->get(), lines); error != 0) {
    if (ftruncate(file->get(), static_cast<off_t>(length_)) != 0) changed_ = true;
    return file_failure("write to", path_, error);
  }
  length_ += lines.size();
  return lines.size();
}

Result<void> JournalFile::write_beside(const std::string& beside, std::string_view text) {
  auto file = open_private_file(beside, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return tl::unexpected(file.error());
  if (const int error = write_all(file->get(), text); error != 0) {
    return file_failure("write to", beside, error);
  }
  if (fsync(file->get()) != 0) return file_failure("write to", beside, errno);
  if (std::rename(beside.c_str(), path_.c_str()) != 0) {
    return file_failure("replace", path_, errno);
  }
  remember(file->get());
  return {};
}

Result<size_t> JournalFile::replace(std::string_view text) {
  const std::string beside = path_ + ".new";
  if (auto written = write_beside(beside, text); !written) {
    (void)unlink(beside.c_str());  // gives back what it took of a full disk
    return tl::unexpected(written.error());
  }
  sync_directory(directory_of(path_));
  return text.size();
}

Result<size_t> JournalFile::remove() {
  if (unlink(path_.c_str()) != 0 && errno != ENOENT) return file_failure("remove", path_, errno);
  device_ = inode_ = length_ = 0;
  changed_ = false;
  return 0;
}

}  // namespace trunkd
