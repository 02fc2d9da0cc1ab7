// spread(): a part of a time that differs from case to case, so that what began together does not
// go on together.

#pragma once

#include <cstdint>

#include "base/clock.h"

namespace trunkd {

// At least 0 and less than `whole`. Even for numbers that count up (multiples of the golden ratio),
// and always the same for the same number.
constexpr Duration spread(Duration whole, uint64_t number) {
  const uint32_t share = static_cast<uint32_t>(number) * 2654435769U;
  return whole * (share >> 16) / 65536;
}

}  // namespace trunkd
