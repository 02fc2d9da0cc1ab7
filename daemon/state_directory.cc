#include "daemon/state_directory.h"

#include <unistd.h>

namespace trunkd {
namespace {

bool is_absolute(const std::string& path) { return !path.empty() && path.front() == '/'; }

}  // namespace

Result<std::string> state_directory(const Environment& environment, bool is_root) {
  if (const auto given = environment("STATE_DIRECTORY"); given && !given->empty()) {
    std::string first = given->substr(0, given->find(':'));
    if (is_absolute(first)) return first;
    return failure(ErrorKind::internal, "STATE_DIRECTORY is no absolute path");
  }
  if (is_root) return std::string("/var/lib/trunkd");
  // One that is not absolute is to be ignored, says the XDG specification.
  if (const auto xdg = environment("XDG_STATE_HOME"); xdg && is_absolute(*xdg)) {
    return *xdg + "/trunkd";
  }
  if (const auto home = environment("HOME"); home && is_absolute(*home)) {
    return *home + "/.local/state/trunkd";
  }
  return failure(ErrorKind::internal,
                 "no place for state: neither STATE_DIRECTORY nor XDG_STATE_HOME nor HOME is set");
}

Result<std::string> state_directory() {
  return state_directory(process_environment(), geteuid() == 0);
}

}  // namespace trunkd
