// Cuts an input into pieces that the input itself chooses.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace trunkd {

class Splitter {
 public:
  explicit Splitter(uint32_t seed) : state_(seed) {}

  // From 1 to 256, small ones more often: cuts within line ends are the interesting ones.
  size_t next() {
    state_ = state_ * 1664525 + 1013904223;
    const uint32_t draw = state_ >> 16;
    return draw % 3 == 0 ? 1 : 1 + draw % (draw % 5 == 0 ? 256 : 8);
  }

 private:
  uint32_t state_;
};

}  // namespace trunkd
