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
  if (!tls.verify) {
    log.warning("tls.verify is false, anybody on the way can read and change what it sends",
                session.name);
  }
  const std::string& key = tls.client_key.empty() ? tls.client_cert : tls.client_key;
  if (!key.empty() && others_can_read(key)) {
    log.warning(
        "others than its owner can read the private key in " + key + "; give it the mode 0600",
        session.name);
  }
}

OnTlsFiles tell_tls_files(Log& log, const std::string& session) {
  return [&log, session](const Error* problem) {
    if (problem == nullptr) {
      return log.info("the changed files of tls are used for new connections", session);
    }
    log.error(
        "the changed files of tls cannot be used, the old ones stay in use: " + problem->detail,
        session);
  };
}

}  // namespace trunkd
