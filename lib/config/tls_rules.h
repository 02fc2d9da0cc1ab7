// What the tls settings of a session, or of `defaults`, must be together.

#pragma once

#include <string>

#include "config/field_reader.h"
#include "config/named_session.h"

namespace trunkd {

// Verification is switched off where somebody reads of it: in the session itself.
void check_tls_defaults(const std::string& path, SessionDraft& defaults, FieldReader& reader);

void finish_tls(const NamedSession& session, SessionConfig& config, FieldReader& reader);

}  // namespace trunkd
