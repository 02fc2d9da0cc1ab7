#include "daemon/directories.h"

#include <optional>
#include <unistd.h>

namespace trunkd {
namespace {

bool is_absolute(const std::string& path) { return !path.empty() && path.front() == '/'; }

// What systemd says, if it does: the first of several.
std::optional<Result<std::string>> by_systemd(const Environment& environment,
                                              const std::string& variable) {
  const auto given = environment(variable);
  if (!given || given->empty()) return std::nullopt;
  std::string first = given->substr(0, given->find(':'));
  if (is_absolute(first)) return first;
  return failure(ErrorKind::internal, variable + " is no absolute path");
}

}  // namespace

Result<std::string> state_directory(const Environment& environment, bool is_root) {
  if (auto given = by_systemd(environment, "STATE_DIRECTORY")) return *given;
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

Result<std::string> runtime_directory(const Environment& environment, bool is_root) {
  if (auto given = by_systemd(environment, "RUNTIME_DIRECTORY")) return *given;
  if (is_root) return std::string("/run/trunkd");
  if (const auto xdg = environment("XDG_RUNTIME_DIR"); xdg && is_absolute(*xdg)) {
    return *xdg + "/trunkd";
  }
  auto state = state_directory(environment, is_root);
  if (state) *state += "/run";
  return state;
}

Result<std::string> runtime_directory() {
  return runtime_directory(process_environment(), geteuid() == 0);
}

}  // namespace trunkd
