// Which jar a command means.

#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "config/config.h"

namespace trunkd {

struct JarChoice {
  std::string name;  // of the jar, for people
  std::string path;
  std::string lock_path;  // FileLock, before `path` is touched
};

// `session` is a session's name, or that of a jar that sessions share; `jar` the value of
// Trunkd-Jar where that chooses the jar. The error is a sentence about what was asked for.
Result<JarChoice> choose_jar(const Config& config, const std::string& state_directory,
                             const std::string& session, const std::optional<std::string>& jar);

}  // namespace trunkd
