// Sessions for people: from the JSON of the admin interface. All throw Json::exception if it is not
// what openapi.json says.

#pragma once

#include <string>
#include <string_view>

#include "admin/status_json.h"

namespace trunkd {

std::string sessions_table(const Json& answer);  // of GET /sessions
std::string session_text(const Json& session);   // of GET /sessions/NAME: all there is to know
// What a verb has done, in a sentence; `session` is the verb's answer.
std::string verb_sentence(std::string_view verb, const Json& session);

}  // namespace trunkd
