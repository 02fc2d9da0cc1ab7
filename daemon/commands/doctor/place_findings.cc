#include "daemon/commands/doctor/place_findings.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/commands/doctor/writable.h"
#include "daemon/commands/quoting.h"
#include "daemon/commands/socket_groups.h"
#include "event/private_files.h"

namespace trunkd {
namespace {

using Level = Finding::Level;

constexpr const char* kServiceLogs = "/var/log/trunkd";  // LogsDirectory= of the packaged service

bool is_there(const std::string& path) {
  struct stat file {};
  return stat(path.c_str(), &file) == 0;
}

std::optional<std::string> cannot_append(const std::string& path, const ServiceUser* user) {
  struct stat file {};
  const bool exists = stat(path.c_str(), &file) == 0;
  if (exists && S_ISDIR(file.st_mode)) return path + " is a directory";
  if (user != nullptr) {
    const int error = error_of_appending_as(*user, path);
    if (error <= 0) return std::nullopt;
    return path + " cannot be written by the user " + user->name +
           ", which the service runs as: " + std::strerror(error);
  }
  if (!exists) return cannot_make(path, false);
  if (faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0) return std::nullopt;
  return path + ": " + std::strerror(errno);
}

}  // namespace

Findings group_findings(const Config& config) {
  Findings findings;
  for (const MissingGroup& missing : missing_groups(config)) {
    findings.push_back({missing.is_needed ? Level::problem : Level::hint,
                        "group of " + missing.socket,
                        "there is no group \"" + missing.group + "\" on this machine",
                        "Name another, or make it: groupadd --system " + sh_quoted(missing.group) +
                            ". A socket of the packaged service gets its group from SocketGroup= "
                            "of a socket unit."});
  }
  return findings;
}

Finding access_log_finding(const LogConfig& config, const ServiceUser* user) {
  Finding finding{Level::ok, "access log", "", ""};
  const std::string& path = config.access;
  if (path.empty() || path == "stderr") {
    finding.seen = path.empty() ? "is off" : "goes to standard error";
    return finding;
  }
  if (directory_of(path) == kServiceLogs && !is_there(kServiceLogs)) {
    finding.seen = std::string("the service makes ") + kServiceLogs + " when it starts";
    return finding;
  }
  if (const auto obstacle = cannot_append(path, user)) {
    finding.level = Level::problem;
    finding.seen = *obstacle;
    finding.advice = "Make " + directory_of(path) +
                     " a directory that the user that trunkd runs as may write to, or let "
                     "log.access name another file; the service has " +
                     kServiceLogs + '.';
    return finding;
  }
  finding.seen = path + " can be written";
  return finding;
}

}  // namespace trunkd
