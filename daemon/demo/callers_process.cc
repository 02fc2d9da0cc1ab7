#include "daemon/demo/callers_process.h"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "daemon/demo/call_run.h"
#include "daemon/demo/control_channel.h"
#include "daemon/demo/messages.h"
#include "event/loop.h"
#include "event/resolver.h"
#include "event/tcp_connect.h"

namespace trunkd {
namespace {

class CallersProcess {
 public:
  explicit CallersProcess(const DemoPaths& paths) : paths_(paths) {}

  int run() {
    connecting_ = connect_unix(loop_, paths_.socket(),
                               [this](auto transport) { on_connected(std::move(transport)); });
    loop_.run();
    return 0;
  }

 private:
  void on_connected(Result<std::unique_ptr<Transport>> transport) {
    if (!transport) return loop_.stop();
    demo_.emplace(
        std::move(*transport), [this](std::string_view line) { on_line(line); },
        [this] { loop_.stop(); });
    demo_->send(std::string(kCallersReady));
  }

  void on_line(std::string_view line) {
    const auto plan = from_line<CallPlan>(line);
    if (!plan) return;
    run_.emplace(
        CallerParts{loop_, addresses_, trust_}, *plan, paths_.certificate(),
        [this](const Progress& progress) { demo_->send(to_line(progress)); },
        [this](const CallResult& result) { demo_->send(to_line(result)); });
    run_->start();
  }

  const DemoPaths& paths_;
  Loop loop_;
  Resolver resolver_{loop_};
  AddressCache addresses_{loop_, resolver_};
  TrustStores trust_;
  std::unique_ptr<TcpConnect> connecting_;
  std::optional<ControlChannel> demo_;
  std::optional<CallRun> run_;
};

}  // namespace

int run_callers_process(const DemoPaths& paths, const ChildProcess::WaitForGo& wait_for_go) {
  if (!wait_for_go()) return 1;
  return CallersProcess(paths).run();
}

}  // namespace trunkd
