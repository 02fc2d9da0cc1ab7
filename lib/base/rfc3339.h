// Times for people and for JSON (RFC 3339): "2026-01-01T00:00:00Z", in UTC, whole seconds.

#pragma once

#include <string>

#include "base/clock.h"

namespace trunkd {

std::string rfc3339(WallTime time);

}  // namespace trunkd
