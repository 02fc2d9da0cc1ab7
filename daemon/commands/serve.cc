#include "daemon/commands/serve.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <malloc.h>
#include <memory>
#include <thread>
#include <unistd.h>

#include "config/config_loader.h"
#include "daemon/admin_server.h"
#include "daemon/commands/socket_groups.h"
#include "daemon/descriptor_limit.h"
#include "daemon/exit_codes.h"
#include "daemon/log_level.h"
#include "daemon/reload.h"
#include "daemon/server.h"
#include "daemon/startup_memory.h"
#include "daemon/systemd.h"
#include "event/file_writer.h"
#include "event/listen_sockets.h"
#include "event/signals.h"

namespace trunkd {
namespace {

constexpr Duration kPauseAfterFailure = 1s;

// Text is for people: on a terminal, or where the configuration asks for it.
bool wants_text(const LogConfig& config, bool to_stderr) {
  if (config.format != LogFormatSetting::automatic) return config.format == LogFormatSetting::text;
  return to_stderr && isatty(STDERR_FILENO) == 1;
}

LogFormat log_format(const LogConfig& config) {
  const bool free_choice = config.format == LogFormatSetting::automatic;
  if (free_choice && stderr_is_journal()) return LogFormat::journal;
  return wants_text(config, true) ? LogFormat::text : LogFormat::json;
}

// For `systemctl status`.
std::string status_line(const Server& server) {
  size_t connections = 0;
  const auto& sessions = server.context().table->sessions();
  for (const auto& session : sessions) {
    if (session->settings().pool.empty()) connections += session->pool().snapshot().total();
  }
  const auto counted = [](size_t count, const char* what) {
    return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
  };
  return std::string(server.context().draining ? "stopping: " : "") +
         counted(sessions.size(), "session") + ", " + counted(server.clients(), "client") + ", " +
         counted(connections, "upstream connection");
}

// A socket of the service manager's that nobody asked for would swallow its clients.
bool tell_unclaimed(const ListenSockets& sockets, Log& log) {
  const std::vector<std::string> unclaimed = sockets.unclaimed();
  for (const std::string& address : unclaimed) {
    log.error("the service manager hands over a socket on " + address +
              ", and nothing in the configuration listens there: ListenStream= of the socket unit "
              "and `listen` must name the same addresses (a bare port is 127.0.0.1 and [::1])");
  }
  return !unclaimed.empty();
}

Result<std::unique_ptr<FileSink>> open_access_sink(Loop& loop, const LogConfig& config) {
  if (config.access.empty()) return std::unique_ptr<FileSink>();
  if (config.access == "stderr") return stderr_writer(loop);
  return open_file_writer(loop, config.access);
}

bool is_forbidden(const Error& error) {
  return error.system_error == EACCES || error.system_error == EPERM;
}

// Where another start can mend nothing, the configuration is to blame: a service manager then
// leaves it at that.
int access_log_exit_code(const Error& error) {
  if (is_forbidden(error)) return kExitPermission;
  constexpr int kNoPlace[] = {ENOENT, ENOTDIR, EISDIR, EROFS, ELOOP, ENAMETOOLONG};
  const bool no_place =
      std::find(std::begin(kNoPlace), std::end(kNoPlace), error.system_error) != std::end(kNoPlace);
  return no_place ? kExitConfig : kExitFailure;
}

int listener_exit_code(const Error& error, const Config& config) {
  if (is_forbidden(error)) return kExitPermission;
  return missing_groups(config).empty() ? kExitFailure : kExitConfig;
}

// Signals to verbs: TERM and INT drain, a second one ends now, QUIT ends now, HUP reloads, USR1
// reopens logs.
class SignalVerbs {
 public:
  SignalVerbs(Loop& loop, Server& server, Reload& reload, ServiceManager& manager, Log& log)
      : loop_(loop), server_(server), manager_(manager), log_(log) {
    for (const int number : {SIGTERM, SIGINT}) watch(number, [this] { drain_or_stop(); });
    watch(SIGQUIT, [this] { loop_.stop(); });
    watch(SIGHUP, [&reload] { reload.start(); });
    watch(SIGUSR1, [this] { server_.reopen_logs(); });
  }

  void drain_once() {
    if (std::exchange(draining_, true)) return;
    log_.info("draining " + std::to_string(server_.clients()) + " clients");
    server_.drain([this] { loop_.stop(); });
    manager_.stopping(server_.drain_timeout());
  }

 private:
  void watch(int number, std::function<void()> verb) {
    watches_.push_back(watch_signal(loop_, number, std::move(verb)));
  }

  void drain_or_stop() {
    if (!draining_) return drain_once();
    log_.warning("second signal: stopping now");
    loop_.stop();
  }

  Loop& loop_;
  Server& server_;
  ServiceManager& manager_;
  Log& log_;
  bool draining_ = false;
  std::vector<std::unique_ptr<SignalWatch>> watches_;
};

int serve(const std::vector<std::string>& given_files) {
  // Anew each time: files may have come to conf.d.
  const auto load = [given_files] {
    return load_config(given_files.empty() ? default_config_files() : given_files,
                       process_environment());
  };
  const LoadedConfig loaded = load();
  // As errors, where standard error is the journal (sd-daemon(3)).
  const char* const priority = stderr_is_journal() ? "<3>" : "";
  for (const ConfigMistake& mistake : loaded.mistakes) {
    std::cerr << priority << mistake.text() << '\n';
  }
  if (!loaded.config) return kExitConfig;
  const LogConfig& settings = loaded.config->log;

  mallopt(M_ARENA_MAX, 2);  // the threads that look up names and write files need little
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is a failed write, not the end
  raise_descriptor_limit();

  Log log(log_level(settings.level), log_format(settings));
  auto sockets = ListenSockets::inherited();
  if (!sockets) {
    log.error(sockets.error().detail);
    return kExitConfig;
  }
  Loop loop;
  auto access_sink = open_access_sink(loop, settings);
  if (!access_sink) {
    log.error(access_sink.error().detail);
    return access_log_exit_code(access_sink.error());
  }
  const auto access_format = wants_text(settings, settings.access == "stderr")
                                 ? AccessLog::Format::text
                                 : AccessLog::Format::json;
  Server server(loop, loaded.config, log, *sockets, std::move(*access_sink), access_format);
  ServiceManager manager(loop, process_environment(), [&server] { return status_line(server); });
  Reload reload(loop, log, server, load,
                [&manager](bool busy) { busy ? manager.reloading() : manager.reloaded(); });
  // Before it says "ready": a signal may follow at once.
  SignalVerbs verbs(loop, server, reload, manager, log);
  AdminServer admin(
      loop, log, *sockets, server,
      {[&] { verbs.drain_once(); }, [&](auto done) { reload.start(std::move(done)); }});
  if (auto opened = admin.open(loaded.config->admin); !opened) {
    log.error(opened.error().detail);
    return listener_exit_code(opened.error(), *loaded.config);
  }
  if (const auto& listen = loaded.config->metrics.listen) {
    if (auto opened = admin.open_metrics(*listen); !opened) {
      log.error(opened.error().detail);
      return listener_exit_code(opened.error(), *loaded.config);
    }
  }
  if (auto started = server.start(); !started) {
    log.error(started.error().detail);
    return listener_exit_code(started.error(), *loaded.config);
  }
  if (tell_unclaimed(*sockets, log)) return kExitConfig;
  give_back_startup_memory();
  log.info("ready");
  manager.ready();
  loop.run();
  log.info("stopped");
  return kExitOk;
}

}  // namespace

int run_serve(const std::vector<std::string>& given_files) {
  const bool holds_sockets = std::getenv("LISTEN_FDS") != nullptr;  // a service manager, for us
  const int code = serve(given_files);
  // While a client waits at one of them we are started again at once, and a manager that sees many
  // starts in a short time closes them (systemd.socket(5), TriggerLimitBurst=).
  if (holds_sockets && code != 0) std::this_thread::sleep_for(kPauseAfterFailure);
  return code;
}

}  // namespace trunkd
