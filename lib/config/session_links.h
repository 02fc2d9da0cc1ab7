// What must hold between sessions that share a pool or a cookie jar.

#pragma once

#include <vector>

#include "config/field_reader.h"
#include "config/named_session.h"

namespace trunkd {

// Gives each session that uses another's pool the limits of that pool; notes what does not go
// together. `configs` are those of `sessions`, in their order.
void link_sessions(const std::vector<NamedSession>& sessions, std::vector<SessionConfig>& configs,
                   FieldReader& reader);

}  // namespace trunkd
