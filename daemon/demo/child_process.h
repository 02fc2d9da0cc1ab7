// A forked child of the demo that ends when its parent ends.

#pragma once

#include <functional>
#include <sys/types.h>

#include "base/result.h"

namespace trunkd {

class ChildProcess {
 public:
  // Blocks the child until go(); false if the parent has gone instead.
  using WaitForGo = std::function<bool()>;

  // Forks; the child calls `run`, and what it returns is its exit code. The process must have no
  // threads and no Loop yet.
  static Result<ChildProcess> start(const std::function<int(const WaitForGo&)>& run);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();  // kills the child, if it still runs, and waits for its end

  void go();

 private:
  ChildProcess(pid_t pid, int go_pipe) : pid_(pid), go_pipe_(go_pipe) {}
  pid_t pid_;
  int go_pipe_;
};

}  // namespace trunkd
