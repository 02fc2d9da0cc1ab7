#include "net/tls_session_cache.h"

#include <algorithm>
#include <utility>

namespace trunkd {

const mbedtls_ssl_session* TlsSessionCache::find(const std::string& key, SteadyTime now) {
  const auto found = sessions_.find(key);
  if (found == sessions_.end()) return nullptr;
  if (now - found->second.verified_at >= kGoodFor) {
    sessions_.erase(found);
    return nullptr;
  }
  return found->second.session->get();
}

SteadyTime TlsSessionCache::verified_at(const std::string& key) const {
  const auto found = sessions_.find(key);
  return found == sessions_.end() ? SteadyTime{} : found->second.verified_at;
}

void TlsSessionCache::store(const std::string& key, std::unique_ptr<TlsSession> session,
                            SteadyTime verified_at) {
  if (sessions_.size() >= kMaxOrigins && sessions_.find(key) == sessions_.end()) {
    sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(), [](auto& a, auto& b) {
      return a.second.verified_at < b.second.verified_at;
    }));
  }
  sessions_[key] = {std::move(session), verified_at};
}

}  // namespace trunkd
