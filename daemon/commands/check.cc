#include "daemon/commands/check.h"

#include <ostream>

#include "config/config_loader.h"
#include "daemon/commands/check_live.h"
#include "daemon/commands/doctor/config_findings.h"
#include "daemon/commands/doctor/place_findings.h"
#include "daemon/commands/tls_files.h"
#include "daemon/exit_codes.h"

namespace trunkd {
namespace {

// True if all files can be used.
bool check_tls_files(const Config& config, std::ostream& err) {
  const std::vector<TlsFileMistake> mistakes = tls_file_mistakes(config);
  for (const TlsFileMistake& mistake : mistakes) {
    err << "session \"" << mistake.session << "\": " << mistake.error.detail << '\n';
    if (!mistake.error.hint.empty()) err << "  " << mistake.error.hint << '\n';
  }
  return mistakes.empty();
}

void say_good(const Config& config, const std::vector<std::string>& files, std::ostream& out) {
  const size_t sessions = config.sessions.size();
  out << "The configuration is good: " << sessions << (sessions == 1 ? " session" : " sessions")
      << (files.size() == 1 ? " in " : ", merged from");
  const char* separator = files.size() == 1 ? "" : " ";
  for (const std::string& file : files) {
    out << separator << file;
    separator = ", ";
  }
  out << ".\n";
}

}  // namespace

void warn_of_service(const Config& config, const ServiceUser& user, std::ostream& err) {
  Findings findings = group_findings(config);
  findings.push_back(access_log_finding(config.log, &user));
  for (Findings more :
       {secret_findings(config, process_environment(), &user), tls_findings(config, &user)}) {
    findings.insert(findings.end(), more.begin(), more.end());
  }
  for (const Finding& finding : findings) {
    if (finding.level != Finding::Level::problem) continue;
    err << "warning: " << finding.check << ": " << finding.seen << '\n';
    if (!finding.advice.empty()) err << "  " << finding.advice << '\n';
  }
}

int run_check(const std::vector<std::string>& files, const CheckOptions& options, std::ostream& out,
              std::ostream& err) {
  const LoadedConfig loaded = load_config(files, process_environment());
  for (const ConfigMistake& mistake : loaded.mistakes) err << mistake.text() << '\n';
  if (!loaded.config) return kExitConfig;
  if (!check_tls_files(*loaded.config, err)) return kExitConfig;
  if (!options.json) say_good(*loaded.config, files, out);
  if (const auto user = service_user()) warn_of_service(*loaded.config, *user, err);
  if (!options.live) return kExitOk;
  return run_check_live(*loaded.config, options.json, out << std::flush);
}

}  // namespace trunkd
