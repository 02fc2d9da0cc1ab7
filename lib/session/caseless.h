// Hash tables whose keys are compared without case (ASCII) and looked up by view, so that a lookup
// needs no lower-cased copy.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"

namespace trunkd {

// FNV-1a: the keys are short, and they come from the configuration, so nobody can make them
// collide.
struct CaselessHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const {
    uint64_t hash = 14695981039346656037u;
    for (const char c : text) {
      hash = (hash ^ static_cast<unsigned char>(ascii_lower(c))) * 1099511628211u;
    }
    return static_cast<size_t>(hash);
  }
};

struct CaselessEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return iequals(a, b); }
};

template <typename Value>
using CaselessMap = std::unordered_map<std::string, Value, CaselessHash, CaselessEqual>;
using CaselessSet = std::unordered_set<std::string, CaselessHash, CaselessEqual>;

}  // namespace trunkd
