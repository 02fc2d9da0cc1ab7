#include "net/tls_session_cache.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

class TlsSessionCacheTest : public testing::Test {
 protected:
  void store(const std::string& key, SteadyTime verified_at) {
    cache_.store(key, std::make_unique<TlsSession>(), verified_at);
  }
  const SteadyTime start_ = SteadyTime(24h);
  TlsSessionCache cache_;
};

TEST_F(TlsSessionCacheTest, ASessionIsGoodForAWhileAfterItsFullHandshake) {
  store("a", start_);
  EXPECT_NE(cache_.find("a", start_ + TlsSessionCache::kGoodFor - 1us), nullptr);
  EXPECT_EQ(cache_.find("a", start_ + TlsSessionCache::kGoodFor), nullptr);
  EXPECT_EQ(cache_.find("a", start_), nullptr);  // forgotten
}

TEST_F(TlsSessionCacheTest, RenewingASessionDoesNotMakeItYounger) {
  store("a", start_);
  store("a", cache_.verified_at("a"));
  EXPECT_EQ(cache_.find("a", start_ + TlsSessionCache::kGoodFor), nullptr);
}

TEST_F(TlsSessionCacheTest, TheOldestMakesRoomWhenThereAreTooManyOrigins) {
  for (size_t i = 0; i <= TlsSessionCache::kMaxOrigins; ++i) {
    store(std::to_string(i), start_ + Duration(i));
  }
  EXPECT_EQ(cache_.find("0", start_), nullptr);
  EXPECT_NE(cache_.find("1", start_), nullptr);
}

}  // namespace
}  // namespace trunkd
