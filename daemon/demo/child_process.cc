#include "daemon/demo/child_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace trunkd {
namespace {

bool read_one_byte(int descriptor) {
  char byte = 0;
  ssize_t count = 0;
  do {
    count = read(descriptor, &byte, 1);
  } while (count < 0 && errno == EINTR);
  return count == 1;
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::function<int(const WaitForGo&)>& run) {
  std::array<int, 2> go{};
  if (pipe2(go.data(), O_CLOEXEC) != 0) {
    return failure(ErrorKind::internal, std::string("no pipe: ") + std::strerror(errno));
  }
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) {
    const int reason = errno;
    close(go[0]);
    close(go[1]);
    return failure(ErrorKind::internal, std::string("no process: ") + std::strerror(reason));
  }
  if (pid > 0) {
    close(go[0]);
    return ChildProcess(pid, go[1]);
  }
  close(go[1]);
  // Also when the parent is killed and can tidy up no more; it may even be gone already.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  // Not exit(): what the parent has opened or buffered is not the child's to finish.
  _exit(run([&] { return read_one_byte(go[0]); }));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), go_pipe_(std::exchange(other.go_pipe_, -1)) {}

ChildProcess::~ChildProcess() {
  if (go_pipe_ >= 0) close(go_pipe_);
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void ChildProcess::go() {
  const char byte = 1;
  // A child that has gone already is noticed by its connection that never comes.
  if (write(go_pipe_, &byte, 1) != 1) return;
}

}  // namespace trunkd
