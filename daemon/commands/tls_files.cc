#include "daemon/commands/tls_files.h"

#include "session/session.h"

namespace trunkd {

std::vector<TlsFileMistake> tls_file_mistakes(const Config& config) {
  TrustStores trust;
  std::vector<TlsFileMistake> mistakes;
  for (const SessionConfig& session : config.sessions) {
    if (!session.pool.empty()) continue;  // the owner's are equal
    const auto made = TlsContext::create(upstream_settings(config, session).tls, trust);
    if (!made) mistakes.push_back({session.name, made.error()});
  }
  return mistakes;
}

}  // namespace trunkd
