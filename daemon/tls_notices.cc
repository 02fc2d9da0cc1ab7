#include "daemon/tls_notices.h"

#include <sys/stat.h>

namespace trunkd {
namespace {

bool others_can_read(const std::string& path) {
  struct stat file {};
  return stat(path.c_str(), &file) == 0 && (file.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

}  // namespace

void warn_of_tls(Log& log, const SessionConfig& session) {
  const TlsConfig& tls = session.tls;
  const std::string whose = "session \"" + session.name + "\": ";
  if (!tls.verify) {
    log.warning(whose +
                "tls.verify is false, anybody on the way can read and change what it sends");
  }
  const std::string& key = tls.client_key.empty() ? tls.client_cert : tls.client_key;
  if (!key.empty() && others_can_read(key)) {
    log.warning(whose + "others than its owner can read the private key in " + key +
                "; give it the mode 0600");
  }
}

OnTlsFiles tell_tls_files(Log& log, const std::string& session) {
  return [&log, whose = "session \"" + session + "\": "](const Error* problem) {
    if (problem == nullptr) {
      return log.info(whose + "the changed files of tls are used for new connections");
    }
    log.error(whose + "the changed files of tls cannot be used, the old ones stay in use: " +
              problem->detail);
  };
}

}  // namespace trunkd
