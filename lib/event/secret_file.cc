#include "event/secret_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <uv.h>

namespace trunkd {
namespace {

constexpr size_t kMaxSecret = size_t{64} * 1024;

// Reads until the end of the file, or until it is too long. Returns 0 or errno.
int read_all(int fd, std::string& content) {
  char piece[4096];
  while (content.size() <= kMaxSecret) {
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

// On any thread. It is read whole each time: times and sizes can stay the same over a change.
Result<std::string> read_secret(const std::string& path, const std::string& reference) {
  // Without O_NONBLOCK a named pipe would hold the thread until somebody writes to it.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return no_secret(reference, std::strerror(errno));
  struct stat kind {};
  std::string content;
  int error = fstat(fd, &kind) == 0 ? 0 : errno;
  const bool regular = error == 0 && S_ISREG(kind.st_mode);
  if (regular) error = read_all(fd, content);
  close(fd);
  if (error != 0) return no_secret(reference, std::strerror(error));
  if (!regular) return no_secret(reference, "it is not a regular file");
  if (content.size() > kMaxSecret) return no_secret(reference, "it has more than 64 KiB");
  return secret_value(std::move(content), reference);
}

bool same(const Result<std::string>& a, const Result<std::string>& b) {
  if (a.has_value() != b.has_value()) return false;
  return a ? *a == *b : a.error().detail == b.error().detail;
}

class SecretFile final : public Secret {
 public:
  SecretFile(Loop& loop, std::string path, std::string reference, OnSecretChange on_change,
             Duration every)
      : loop_(loop),
        path_(std::move(path)),
        reference_(std::move(reference)),
        on_change_(std::move(on_change)),
        every_(every),
        value_(read_secret(path_, reference_)),
        next_look_(loop, [this] { look(); }) {
    next_look_.start_at(loop_.now() + every_);
  }
  ~SecretFile() override {
    if (looking_ != nullptr) looking_->owner = nullptr;
  }

  Result<std::string_view> value() const override {
    if (!value_) return tl::unexpected(value_.error());
    return std::string_view(*value_);
  }

 private:
  // Ends after its owner if it must: a file system may take its time.
  struct Look {
    uv_work_t uv{};
    SecretFile* owner = nullptr;  // for the loop's thread only; null: nobody wants to know
    std::string path, reference;
    Result<std::string> found;
  };

  void look() {
    looking_ = new Look{{}, this, path_, reference_, {}};
    looking_->uv.data = looking_;
    uv_queue_work(
        loop_.uv(), &looking_->uv,
        [](uv_work_t* work) {
          auto& self = *static_cast<Look*>(work->data);
          self.found = read_secret(self.path, self.reference);
        },
        [](uv_work_t* work, int) {
          const std::unique_ptr<Look> done(static_cast<Look*>(work->data));
          if (done->owner != nullptr) done->owner->looked(std::move(done->found));
        });
  }

  void looked(Result<std::string> found) {
    looking_ = nullptr;
    next_look_.start_at(loop_.now() + every_);
    if (same(found, value_)) return;
    value_ = std::move(found);
    if (on_change_) on_change_(value_ ? nullptr : &value_.error());
  }

  Loop& loop_;
  const std::string path_;
  const std::string reference_;
  const OnSecretChange on_change_;
  const Duration every_;
  Result<std::string> value_;
  Timer next_look_;
  Look* looking_ = nullptr;  // owns itself until it is done
};

}  // namespace

std::unique_ptr<Secret> follow_secret_file(Loop& loop, std::string path, std::string reference,
                                           OnSecretChange on_change, Duration every) {
  return std::make_unique<SecretFile>(loop, std::move(path), std::move(reference),
                                      std::move(on_change), every);
}

}  // namespace trunkd
