// What must hold between the fields of one session, and between listeners.

#pragma once

#include <vector>

#include "config/field_reader.h"
#include "config/named_session.h"

namespace trunkd {

// Makes the SessionConfig, with base_url and endpoint joined and the defaults that depend on other
// fields; notes what contradicts itself.
SessionConfig finish_session(const NamedSession& session, FieldReader& reader);

// Listeners that would take each other's address, that other machines can reach without `expose`,
// or that are not there at all.
void check_listeners(const TopDraft& top, const std::vector<NamedSession>& sessions,
                     FieldReader& reader);

}  // namespace trunkd
