#include "daemon/demo/demo_run.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

#include "config/config.h"
#include "daemon/demo/squares.h"

namespace trunkd {
namespace {

constexpr Duration kLongestSilence = 30s;
constexpr uint64_t kCallersPerConnection = 4;  // most wait in trunkd's queue, as in real life
constexpr uint64_t kMostCallers = 400;
constexpr uint64_t kMostNewConnections = 500;

Duration cpu_of_this_process() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto duration = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return duration(usage.ru_utime) + duration(usage.ru_stime);
}

// What the file would say:
//   sessions: {demo: {listen: 0, base_url: https://127.0.0.1:PORT, endpoint: /asks/test,
//                     connections: 50, tls: {ca_file: .../origin.pem}}}
std::shared_ptr<const Config> demo_config(uint16_t origin_port, uint64_t connections,
                                          const std::string& ca_file) {
  SessionConfig session;
  session.name = "demo";
  session.listen.push_back({});  // a free port of the loopback
  session.origin = {Scheme::https, "127.0.0.1", origin_port};
  session.base_path = kSquareEndpoint;
  session.connections = session.connections_per_host = connections;
  session.tls.ca_file = ca_file;
  auto config = std::make_shared<Config>();
  config->log.access.clear();
  config->sessions.push_back(std::move(session));
  return config;
}

// How the user would call this program from where they are.
std::string program_name() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return "trunkd";
  const std::string near = std::filesystem::proximate(program, error).string();
  return error || near.starts_with("..") ? program.string() : near;
}

}  // namespace

DemoRun::DemoRun(const DemoOptions& options, const DemoPaths& paths)
    : options_(options),
      paths_(paths),
      on_terminal_(isatty(STDERR_FILENO) == 1),
      log_(LogLevel::warning, LogFormat::text),
      silence_(loop_, [this] { fail("nothing has happened for half a minute"); }) {
  report_.connections = options.connections;
  report_.callers =
      std::min({options.connections * kCallersPerConnection, kMostCallers, options.calls});
  for (const int signal : {SIGINT, SIGTERM}) {
    signals_.push_back(watch_signal(loop_, signal, [this] { fail("interrupted"); }));
  }
}

DemoRun::~DemoRun() = default;

int DemoRun::run(ChildProcess& origin, ChildProcess& callers) {
  if (const auto listening = listen(); !listening) {
    fail(listening.error().detail);
    return exit_code_;
  }
  silence_.start_at(loop_.now() + kLongestSilence);
  origin.go();
  callers.go();
  loop_.run();
  return exit_code_;
}

Result<bool> DemoRun::listen() {
  auto listener = Listener::unix_socket(loop_, {paths_.socket(), 0600, {}}, [this](auto transport) {
    const size_t index = channels_.size();
    channels_.push_back(std::make_unique<ControlChannel>(
        std::move(transport),
        [this, index](std::string_view line) { on_line(*channels_[index], line); },
        [this] { fail("a process of the demo has ended unexpectedly"); }));
  });
  if (!listener) return tl::unexpected(listener.error());
  listener_ = std::move(*listener);
  return true;
}

void DemoRun::on_line(ControlChannel& channel, std::string_view line) {
  if (over_) return;
  silence_.start_at(loop_.now() + kLongestSilence);
  if (line == kCallersReady) {
    callers_ = &channel;
    begin_when_both_are_there();
  } else if (const auto ports = from_line<OriginPorts>(line)) {
    origin_ = &channel;
    origin_ports_ = *ports;
    begin_when_both_are_there();
  } else if (const auto progress = from_line<Progress>(line)) {
    on_progress(*progress);
  } else if (const auto result = from_line<CallResult>(line)) {
    on_result(*result);
  } else if (const auto report = from_line<OriginReport>(line)) {
    on_report(*report);
  }
}

void DemoRun::begin_when_both_are_there() {
  if (origin_ == nullptr || callers_ == nullptr) return;
  if (const auto started = start_trunkd(); !started) return fail(started.error().detail);
  fmt::print("{}\n", heading_text(options_.calls, compared_calls(), report_));
  std::fflush(stdout);
  call_through_trunkd();
}

uint64_t DemoRun::compared_calls() const { return std::min(options_.calls, kMostNewConnections); }

Result<bool> DemoRun::start_trunkd() {
  trunkd_ = std::make_unique<Server>(
      loop_, demo_config(origin_ports_.through_trunkd, options_.connections, paths_.certificate()),
      log_, sockets_, nullptr, AccessLog::Format::text);
  return trunkd_->start();
}

void DemoRun::call_through_trunkd() {
  cpu_before_ = cpu_of_this_process();
  start_calls({Way::through_trunkd, trunkd_->port("demo"), options_.calls, report_.callers});
}

void DemoRun::on_result(const CallResult& result) {
  clear_progress();
  if (plan_.way == Way::through_trunkd) {
    report_.trunkd_cpu = cpu_of_this_process() - cpu_before_;
    report_.through_trunkd = result;
    return call_with_new_connections();
  }
  report_.new_connection_each = result;
  origin_->send(std::string(kReportWanted));
}

void DemoRun::call_with_new_connections() {
  start_calls({Way::new_connection_each, origin_ports_.new_connection_each, compared_calls(),
               report_.callers});
}

void DemoRun::on_report(const OriginReport& report) {
  report_.origin = report;
  fmt::print("{}\n", report_text(report_));
  if (passed(report_)) fmt::print("{}", next_steps_text(program_name()));
  end(passed(report_) ? 0 : 1);
}

void DemoRun::start_calls(const CallPlan& plan) {
  plan_ = plan;
  callers_->send(to_line(plan));
  on_progress({0});
}

void DemoRun::on_progress(const Progress& progress) {
  if (!on_terminal_) return;
  const char* title = plan_.way == Way::through_trunkd ? "through trunkd" : "new connection each";
  fmt::print(stderr, "\r{}\x1b[K", progress_text(title, progress.calls, plan_.calls));
  progress_shown_ = true;
}

void DemoRun::clear_progress() {
  if (std::exchange(progress_shown_, false)) fmt::print(stderr, "\r\x1b[K");
}

void DemoRun::fail(const std::string& reason) {
  if (over_) return;
  clear_progress();
  fmt::print(stderr, "trunkd demo: {}\n", reason);
  end(1);
}

void DemoRun::end(int exit_code) {
  over_ = true;
  exit_code_ = exit_code;
  loop_.stop();
}

}  // namespace trunkd
