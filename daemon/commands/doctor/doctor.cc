#include "daemon/commands/doctor/doctor.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <iterator>
#include <ostream>
#include <sys/resource.h>

#include "config/config_loader.h"
#include "daemon/commands/check_live.h"
#include "daemon/commands/doctor/config_findings.h"
#include "daemon/commands/doctor/listener_findings.h"
#include "daemon/commands/doctor/machine_findings.h"
#include "daemon/commands/doctor/place_findings.h"
#include "daemon/directories.h"
#include "daemon/exit_codes.h"
#include "event/read_file.h"

namespace trunkd {
namespace {

using Level = Finding::Level;

constexpr const char* kResolvConf = "/etc/resolv.conf";
constexpr size_t kMostResolvConf = size_t{256} * 1024;

void append(Findings& findings, Findings more) {
  std::move(more.begin(), more.end(), std::back_inserter(findings));
}

size_t hard_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<size_t>(std::min<rlim_t>(limit.rlim_max, 1 << 20));
}

Findings configuration_findings(const LoadedConfig& loaded, const std::vector<std::string>& files) {
  if (files.empty()) {
    return {{Level::hint, "configuration", "there is none yet", "Make one with: trunkd init"}};
  }
  Findings findings;
  for (const ConfigMistake& mistake : loaded.mistakes) {
    findings.push_back({Level::problem, "configuration", mistake.text(), ""});
  }
  if (loaded.config) {
    const size_t sessions = loaded.config->sessions.size();
    findings.push_back({Level::ok, "configuration",
                        std::to_string(sessions) + (sessions == 1 ? " session" : " sessions") +
                            " in " + files.front() + (files.size() > 1 ? " and others" : ""),
                        ""});
  }
  return findings;
}

// Of what the configuration needs here.
Findings local_findings(const Config& config) {
  Findings findings;
  const std::optional<ServiceUser> service = service_user();
  const ServiceUser* const user = service ? &*service : nullptr;
  AdminLook admin = look_at_admin(config, runtime_directory());
  findings.push_back(std::move(admin.finding));
  append(findings, listener_findings(config, admin.running));
  append(findings, group_findings(config));
  findings.push_back(access_log_finding(config.log, user));
  findings.push_back(descriptor_finding(config, hard_descriptor_limit()));
  append(findings, secret_findings(config, process_environment(), user));
  append(findings, tls_findings(config, user));
  findings.push_back(state_finding(config, state_directory()));
  return findings;
}

Findings machine_findings(const Config* config, const std::vector<std::string>& files,
                          bool offline) {
  Findings findings;
  const bool found_without = files == default_config_files();
  findings.push_back(
      proxy_finding(process_environment(), found_without ? std::vector<std::string>() : files));
  findings.push_back(ipv6_finding());
  if (!offline) findings.push_back(local_names_finding());
  const auto resolv_conf = read_regular_file(kResolvConf, kMostResolvConf);
  findings.push_back(name_server_finding(resolv_conf.value_or(""), config));
  findings.push_back(trust_finding(config));
  return findings;
}

Findings host_findings(const Config& config) {
  std::signal(SIGPIPE, SIG_IGN);  // a host that closes while it is asked
  Loop loop;
  LiveCheck check(loop, config, [&loop] { loop.stop(); });
  loop.run();
  Findings findings;
  for (const LiveResult& result : check.results()) {
    findings.push_back(host_finding(result, loop.wall_now()));
  }
  return findings;
}

}  // namespace

CLI::App* add_doctor(CLI::App& app, DoctorCommand& command) {
  CLI::App* doctor = app.add_subcommand("doctor", "Look for what is in the way on this machine");
  doctor->add_flag("--json", command.json, "What was found, as a JSON object");
  doctor->add_flag("--offline", command.offline, "Ask nobody else: look up no name, try no host");
  doctor->footer(
      "Without a configuration it looks at the machine alone. The hosts of the sessions are tried "
      "as check --live does. A daemon that runs is not disturbed.\n"
      "Exit code: 0 if nothing is in the way, 1 if something will not work, 78 if the "
      "configuration is not valid.");
  return doctor;
}

Finding host_finding(const LiveResult& result, WallTime now) {
  Finding finding{Level::ok, "host of " + result.session, "", ""};
  if (!result.tried()) {
    finding.seen = "nothing to try: allow_hosts names no single host";
  } else if (result.error) {
    finding.level = Level::problem;
    finding.seen = result.url + ": " + result.error->detail;
    finding.advice = result.error->hint;
  } else {
    finding.seen = result.url + " answers (" + std::to_string(result.status) + ')';
    const std::vector<std::string> warnings = live_warnings(result, now);
    if (!result.keep_alive) {
      finding.level = Level::hint;
      finding.advice = "It closes the connection after each answer, so there is nothing to pool.";
    }
    for (const std::string& warning : warnings) {
      finding.level = Level::hint;
      finding.advice += (finding.advice.empty() ? "" : " ") + ("Note: " + warning + '.');
    }
  }
  return finding;
}

int run_doctor(const DoctorCommand& command, const std::vector<std::string>& files,
               const CommandStreams& streams) {
  LoadedConfig loaded;
  if (!files.empty()) loaded = load_config(files, process_environment());
  Findings findings = configuration_findings(loaded, files);
  if (loaded.config) append(findings, local_findings(*loaded.config));
  append(findings, machine_findings(loaded.config.get(), files, command.offline));
  if (loaded.config && !command.offline) append(findings, host_findings(*loaded.config));
  streams.out << (command.json ? findings_json(findings) : findings_text(findings));
  if (!loaded.mistakes.empty()) return kExitConfig;
  return count_of(findings, Level::problem) > 0 ? kExitFailure : kExitOk;
}

}  // namespace trunkd
