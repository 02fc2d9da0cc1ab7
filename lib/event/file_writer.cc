#include "event/file_writer.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <uv.h>
#include <vector>

namespace trunkd {
namespace {

// What a pipe takes at once if it takes anything (POSIX), so that a write after poll() cannot wait.
constexpr size_t kPipeChunk = 4096;

// The file as the thread pool sees it: touched by one job at a time.
struct File {
  std::string path;  // empty: standard error, neither opened nor closed by us
  int fd = -1;
  bool regular = true;
  std::atomic<bool> abandoned = false;  // nobody waits for a reader that does not read

  ~File() {
    if (!path.empty() && fd >= 0) close(fd);
  }
  bool open_again();
  int write_all(std::string_view bytes, size_t& written) const;
  bool wait_for_room() const;
};

bool File::open_again() {
  const int opened = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (opened < 0) return false;
  if (fd >= 0) close(fd);
  fd = opened;
  struct stat kind {};
  regular = fstat(fd, &kind) == 0 && S_ISREG(kind.st_mode);
  return true;
}

bool File::wait_for_room() const {
  pollfd ready{fd, POLLOUT, 0};
  while (!abandoned) {
    if (poll(&ready, 1, 100) > 0) return true;
  }
  return false;
}

// Returns 0 or errno.
int File::write_all(std::string_view bytes, size_t& written) const {
  while (!bytes.empty()) {
    if (!regular && !wait_for_room()) return ECANCELED;
    const ssize_t count =
        ::write(fd, bytes.data(), regular ? bytes.size() : std::min(bytes.size(), kPipeChunk));
    if (count < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return errno;
    }
    written += static_cast<size_t>(count);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return 0;
}

// Outlives its FileWriter until all that was handed in is written.
struct WriteQueue : std::enable_shared_from_this<WriteQueue> {
  struct Waiting {
    size_t bytes;
    FileSink::OnWritten on_written;
  };
  struct Job {
    uv_work_t uv{};
    std::shared_ptr<WriteQueue> queue;
    std::string bytes;
    std::vector<Waiting> waiting;
    bool reopen = false;
    size_t written = 0;
    int error = 0;
  };

  Loop& loop;
  File file;
  bool running = false;
  bool owned = true;  // by a FileWriter: somebody wants to hear the results
  bool reopen = false;
  std::string bytes;  // not handed to the thread pool yet
  std::vector<Waiting> waiting;
  size_t pending = 0;

  explicit WriteQueue(Loop& on) : loop(on) {}
  void start_next();
  void finished(Job& job);
};

void WriteQueue::start_next() {
  if (running || (bytes.empty() && waiting.empty() && !reopen)) return;
  running = true;
  auto* job = new Job;
  job->uv.data = job;
  job->queue = shared_from_this();
  job->bytes.swap(bytes);
  job->waiting.swap(waiting);
  job->reopen = std::exchange(reopen, false);
  uv_queue_work(
      loop.uv(), &job->uv,
      [](uv_work_t* work) {
        auto& self = *static_cast<Job*>(work->data);
        File& target = self.queue->file;
        if (self.reopen) target.open_again();  // else the old one goes on: better than no log
        self.error = target.write_all(self.bytes, self.written);
      },
      [](uv_work_t* work, int) {
        const std::unique_ptr<Job> done(static_cast<Job*>(work->data));
        done->queue->finished(*done);
      });
}

void WriteQueue::finished(Job& job) {
  running = false;
  pending -= job.bytes.size();
  start_next();
  for (const Waiting& one : job.waiting) {
    if (!owned) return;
    if (!one.on_written) continue;
    if (job.error == 0) {
      one.on_written(one.bytes);
    } else {
      const std::string name = file.path.empty() ? "standard error" : file.path;
      one.on_written(failure(ErrorKind::internal,
                             "cannot write to " + name + ": " + std::strerror(job.error)));
    }
  }
}

class FileWriter final : public FileSink {
 public:
  explicit FileWriter(std::shared_ptr<WriteQueue> queue) : queue_(std::move(queue)) {}

  // What was handed in is still written; a pipe that nobody reads is given up.
  ~FileWriter() override {
    queue_->owned = false;
    queue_->file.abandoned = true;
  }

  void append(std::string lines, OnWritten on_written) override {
    queue_->pending += lines.size();
    if (on_written) queue_->waiting.push_back({lines.size(), std::move(on_written)});
    if (queue_->bytes.empty()) {
      queue_->bytes = std::move(lines);
    } else {
      queue_->bytes += lines;
    }
    queue_->start_next();
  }

  void reopen() override {
    if (queue_->file.path.empty()) return;
    queue_->reopen = true;
    queue_->start_next();
  }

  size_t pending() const override { return queue_->pending; }

 private:
  const std::shared_ptr<WriteQueue> queue_;
};

}  // namespace

Result<std::unique_ptr<FileSink>> open_file_writer(Loop& loop, const std::string& path) {
  auto queue = std::make_shared<WriteQueue>(loop);
  queue->file.path = path;
  if (!queue->file.open_again()) {
    const int error = errno;
    return tl::unexpected(
        Error{ErrorKind::internal, "cannot open " + path + ": " + std::strerror(error), {}, error});
  }
  return std::make_unique<FileWriter>(std::move(queue));
}

std::unique_ptr<FileSink> stderr_writer(Loop& loop) {
  auto queue = std::make_shared<WriteQueue>(loop);
  queue->file.fd = STDERR_FILENO;
  struct stat kind {};
  queue->file.regular = fstat(STDERR_FILENO, &kind) == 0 && S_ISREG(kind.st_mode);
  return std::make_unique<FileWriter>(std::move(queue));
}

}  // namespace trunkd
