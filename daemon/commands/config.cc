#include "daemon/commands/config.h"

#include <ostream>

#include "config/config_loader.h"
#include "config/config_yaml.h"
#include "daemon/exit_codes.h"

namespace trunkd {

int run_config(const std::vector<std::string>& files, std::ostream& out, std::ostream& err) {
  const LoadedConfig loaded = load_config(files, process_environment());
  for (const ConfigMistake& mistake : loaded.mistakes) err << mistake.text() << '\n';
  if (!loaded.config) return kExitConfig;
  out << to_yaml(*loaded.config);
  return kExitOk;
}

}  // namespace trunkd
