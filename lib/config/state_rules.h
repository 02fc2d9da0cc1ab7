// What must hold between the fields of one session about credentials, headers, cookies and pacing.

#pragma once

#include <string>

#include "config/field_reader.h"
#include "config/named_session.h"

namespace trunkd {

// Notes an `auth` that is none: one way to prove who the session is, and all of it. For each
// mapping where it stands, that of `defaults` too; `path` is that of what it stands in.
void check_auth(const std::string& path, SessionDraft& draft, FieldReader& reader);

// Makes config.auth, and clears what has no effect; notes what contradicts itself.
void finish_state(const NamedSession& session, SessionConfig& config, FieldReader& reader);

}  // namespace trunkd
