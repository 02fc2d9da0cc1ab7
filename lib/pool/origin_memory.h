// OriginMemory: what a pool has learned of an origin, kept when nothing else of it is left.

#pragma once

#include <cstddef>
#include <unordered_map>

#include "base/origin.h"
#include "pool/idle_history.h"
#include "pool/origin_health.h"

namespace trunkd {

struct OriginMemory {
  IdleHistory idle;
  OriginHealth health;
};

// Bounded: if there are too many, some origin is forgotten and learned of anew.
class OriginMemories {
 public:
  static constexpr size_t kMost = 1024;

  // What is kept of an origin, no longer kept here; a blank one if it is unknown.
  OriginMemory take(const Origin& origin);
  void keep(const Origin& origin, OriginMemory memory);

 private:
  std::unordered_map<Origin, OriginMemory, OriginHash> kept_;
};

}  // namespace trunkd
