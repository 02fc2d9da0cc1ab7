// Times for people and programs to read.

#pragma once

#include <string>

#include "base/clock.h"

namespace trunkd {

// RFC 3339 to the second, "2026-11-28T09:43:38Z".
std::string utc(WallTime time);

}  // namespace trunkd
