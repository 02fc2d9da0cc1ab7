// What upstream_proxy and no_proxy of a session, or of `defaults`, must be together.

#pragma once

#include <string>

#include "config/field_reader.h"
#include "config/named_session.h"

namespace trunkd {

// Notes a login that lacks its half, at who says it.
void check_proxy_login(const std::string& path, const SessionDraft& draft, FieldReader& reader);

void finish_proxy(const NamedSession& session, SessionConfig& config, FieldReader& reader);

}  // namespace trunkd
