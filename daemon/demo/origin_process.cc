#include "daemon/demo/origin_process.h"

#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "daemon/demo/control_channel.h"
#include "daemon/demo/messages.h"
#include "daemon/demo/squares.h"
#include "demo/http_origin.h"
#include "event/loop.h"
#include "event/tcp_connect.h"
#include "net/self_signed.h"
#include "net/tls_server.h"

namespace trunkd {
namespace {

Reply answer_square(const RequestHead& request, std::string_view) {
  const std::optional<uint64_t> number = square_number(request.target);
  if (!number) return {.status = 404, .body = "nothing here\n"};
  return {
      .status = 200, .body = square_answer(*number), .fields = {{"Content-Type", "text/plain"}}};
}

class OriginProcess {
 public:
  explicit OriginProcess(const DemoPaths& paths) : paths_(paths) {}

  int run() {
    if (const auto started = start(); !started) {
      std::fprintf(stderr, "trunkd demo: the origin: %s\n", started.error().detail.c_str());
      return 1;
    }
    connecting_ = connect_unix(loop_, paths_.socket(),
                               [this](auto transport) { on_connected(std::move(transport)); });
    loop_.run();
    return 0;
  }

 private:
  Result<bool> start() {
    const auto certificate = make_self_signed({"127.0.0.1"});
    if (!certificate) return tl::unexpected(certificate.error());
    std::ofstream file(paths_.certificate());
    if (!(file << certificate->certificate << std::flush)) {
      return failure(ErrorKind::internal, "cannot write " + paths_.certificate());
    }
    TlsServerSettings tls;
    tls.certificate = certificate->certificate;
    tls.key = certificate->key;
    for (auto* origin : {&through_trunkd_, &new_connection_each_}) {
      auto started = HttpOrigin::start(loop_, answer_square, tls);
      if (!started) return tl::unexpected(started.error());
      *origin = std::move(*started);
    }
    return true;
  }

  void on_connected(Result<std::unique_ptr<Transport>> transport) {
    if (!transport) return loop_.stop();
    demo_.emplace(
        std::move(*transport), [this](std::string_view line) { on_line(line); },
        [this] { loop_.stop(); });
    demo_->send(to_line(OriginPorts{through_trunkd_->port(), new_connection_each_->port()}));
  }

  void on_line(std::string_view line) {
    if (line != kReportWanted) return;
    demo_->send(to_line(OriginReport{through_trunkd_->counts(), new_connection_each_->counts()}));
  }

  const DemoPaths& paths_;
  Loop loop_;
  std::unique_ptr<HttpOrigin> through_trunkd_;
  std::unique_ptr<HttpOrigin> new_connection_each_;
  std::unique_ptr<TcpConnect> connecting_;
  std::optional<ControlChannel> demo_;
};

}  // namespace

int run_origin_process(const DemoPaths& paths, const ChildProcess::WaitForGo& wait_for_go) {
  if (!wait_for_go()) return 1;
  return OriginProcess(paths).run();
}

}  // namespace trunkd
