// DemoRun: trunkd itself at work between the demo's callers and its origin, step by step.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/timers.h"
#include "daemon/commands/demo.h"
#include "daemon/demo/child_process.h"
#include "daemon/demo/control_channel.h"
#include "daemon/demo/demo_paths.h"
#include "daemon/demo/demo_report.h"
#include "daemon/demo/messages.h"
#include "daemon/server.h"
#include "event/listener.h"
#include "event/loop.h"
#include "event/signals.h"

namespace trunkd {

class DemoRun {
 public:
  // From here on SIGINT and SIGTERM end the demo. `paths` must outlive it.
  DemoRun(const DemoOptions& options, const DemoPaths& paths);
  ~DemoRun();

  // Runs to the end and prints the report; returns the exit code.
  int run(ChildProcess& origin, ChildProcess& callers);

 private:
  // In the order they happen; each waits for a line from one of the two processes.
  Result<bool> listen();
  void on_line(ControlChannel& channel, std::string_view line);
  void begin_when_both_are_there();
  Result<bool> start_trunkd();
  void call_through_trunkd();
  void on_result(const CallResult& result);
  void call_with_new_connections();
  void on_report(const OriginReport& report);

  uint64_t compared_calls() const;
  void start_calls(const CallPlan& plan);
  void on_progress(const Progress& progress);
  void clear_progress();
  void fail(const std::string& reason);
  void end(int exit_code);

  const DemoOptions options_;
  const DemoPaths& paths_;
  const bool on_terminal_;  // else no progress is shown
  Loop loop_;
  Log log_;
  ListenSockets sockets_;
  std::vector<std::unique_ptr<SignalWatch>> signals_;
  Timer silence_;
  std::unique_ptr<Listener> listener_;
  std::vector<std::unique_ptr<ControlChannel>> channels_;
  ControlChannel* origin_ = nullptr;
  ControlChannel* callers_ = nullptr;
  std::unique_ptr<Server> trunkd_;

  OriginPorts origin_ports_;
  CallPlan plan_;  // the calls that are being made
  Duration cpu_before_{};
  DemoReport report_;
  bool progress_shown_ = false;
  bool over_ = false;
  int exit_code_ = 1;
};

}  // namespace trunkd
