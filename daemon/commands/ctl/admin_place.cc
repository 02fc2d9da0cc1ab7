#include "daemon/commands/ctl/admin_place.h"

#include "config/config_loader.h"
#include "daemon/directories.h"

namespace trunkd {

Result<std::string> admin_socket_path(const AdminPlace& place) {
  if (!place.socket.empty()) return place.socket;
  if (!place.files.empty()) {
    const LoadedConfig loaded = load_config(place.files, process_environment());
    if (!loaded.config) {
      std::string text;
      for (const ConfigMistake& mistake : loaded.mistakes) {
        text += (text.empty() ? "" : "\n") + mistake.text();
      }
      return failure(ErrorKind::malformed_request, std::move(text));
    }
    if (!loaded.config->admin.socket.empty()) return loaded.config->admin.socket;
  }
  auto directory = runtime_directory();
  if (directory) *directory += "/admin.sock";
  return directory;
}

}  // namespace trunkd
