// TlsSessionCache: sessions to resume, by origin and server name.

#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "net/mbedtls_owned.h"

namespace trunkd {

// A resumed handshake verifies nothing, so a session is good only for a while after the full
// handshake that it descends from, however often it was renewed.
class TlsSessionCache {
 public:
  static constexpr Duration kGoodFor = 1h;
  static constexpr size_t kMaxOrigins = 256;

  // nullptr: none that is still good. Valid until the next call.
  const mbedtls_ssl_session* find(const std::string& key, SteadyTime now);
  // When the full handshake was that find()'s session goes back to.
  SteadyTime verified_at(const std::string& key) const;
  void store(const std::string& key, std::unique_ptr<TlsSession> session, SteadyTime verified_at);
  void forget(const std::string& key) { sessions_.erase(key); }
  void clear() { sessions_.clear(); }

 private:
  struct Entry {
    std::unique_ptr<TlsSession> session;
    SteadyTime verified_at;
  };

  std::map<std::string, Entry> sessions_;
};

}  // namespace trunkd
