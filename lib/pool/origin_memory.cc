#include "pool/origin_memory.h"

#include <utility>

namespace trunkd {

OriginMemory OriginMemories::take(const Origin& origin) {
  auto node = kept_.extract(origin);
  return node.empty() ? OriginMemory() : std::move(node.mapped());
}

void OriginMemories::keep(const Origin& origin, OriginMemory memory) {
  if (kept_.size() >= kMost) kept_.erase(kept_.begin());
  kept_.insert_or_assign(origin, std::move(memory));
}

}  // namespace trunkd
