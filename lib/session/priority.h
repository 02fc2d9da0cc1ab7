// The urgency that a request asks for (RFC 9218).

#pragma once

#include "config/config.h"
#include "http/headers.h"

namespace trunkd {

// 0 (first) to 7 (last): `u` of the Priority field, or the session's default if the field is
// absent, cannot be read, or is not obeyed. The field itself is forwarded unchanged, whatever it
// says.
int urgency_of(const Headers& headers, const PriorityConfig& priority);

}  // namespace trunkd
