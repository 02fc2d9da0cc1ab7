#include "daemon/commands/demo.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <stdlib.h>
#include <string>

#include "daemon/demo/callers_process.h"
#include "daemon/demo/child_process.h"
#include "daemon/demo/demo_paths.h"
#include "daemon/demo/demo_run.h"
#include "daemon/demo/origin_process.h"
#include "daemon/descriptor_limit.h"

namespace trunkd {
namespace {

// A directory of this run's own, gone with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::error_code error;
    std::string path = std::filesystem::temp_directory_path(error) / "trunkd-demo-XXXXXX";
    if (mkdtemp(path.data()) != nullptr) path_ = path;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }  // empty: there is none, see errno

 private:
  std::string path_;
};

// Signals that end the demo wait until somebody listens for them, so that none can come between
// and leave something behind.
void hold_signals(bool hold) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &signals, nullptr);
}

// Ctrl-C goes to the children as well; they leave it to their parent, which ends them.
int run_child(int (*run)(const DemoPaths&, const ChildProcess::WaitForGo&), const DemoPaths& paths,
              const ChildProcess::WaitForGo& wait_for_go) {
  signal(SIGINT, SIG_IGN);
  hold_signals(false);
  return run(paths, wait_for_go);
}

int complain(const std::string& reason) {
  fmt::print(stderr, "trunkd demo: {}\n", reason);
  return 1;
}

}  // namespace

int run_demo(const DemoOptions& options) {
  signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  hold_signals(true);
  const TemporaryDirectory directory;
  if (directory.path().empty()) {
    return complain(std::string("no temporary directory: ") + std::strerror(errno));
  }
  const DemoPaths paths{directory.path()};
  auto origin = ChildProcess::start(
      [&](const auto& wait_for_go) { return run_child(run_origin_process, paths, wait_for_go); });
  if (!origin) return complain(origin.error().detail);
  auto callers = ChildProcess::start(
      [&](const auto& wait_for_go) { return run_child(run_callers_process, paths, wait_for_go); });
  if (!callers) return complain(callers.error().detail);

  DemoRun demo(options, paths);
  hold_signals(false);
  return demo.run(*origin, *callers);
}

}  // namespace trunkd
