#include "daemon/commands/check.h"

#include <ostream>

#include "config/config_loader.h"
#include "daemon/exit_codes.h"

namespace trunkd {

int run_check(const std::vector<std::string>& files, std::ostream& out, std::ostream& err) {
  const LoadedConfig loaded = load_config(files, process_environment());
  for (const ConfigMistake& mistake : loaded.mistakes) err << mistake.text() << '\n';
  if (!loaded.config) return kExitConfig;
  const size_t sessions = loaded.config->sessions.size();
  out << "The configuration is good: " << sessions << (sessions == 1 ? " session" : " sessions")
      << (files.size() == 1 ? " in " : ", merged from");
  const char* separator = files.size() == 1 ? "" : " ";
  for (const std::string& file : files) {
    out << separator << file;
    separator = ", ";
  }
  out << ".\n";
  return kExitOk;
}

}  // namespace trunkd
