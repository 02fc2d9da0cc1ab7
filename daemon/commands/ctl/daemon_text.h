// The daemon's own state for people: from the JSON of the admin interface. All throw
// Json::exception if it is not what openapi.json says.

#pragma once

#include <string>

#include "admin/status_json.h"

namespace trunkd {

std::string status_text(const Json& status);         // of GET /status
std::string reload_text(const Json& outcome);        // of a POST /reload that was good
std::string reload_errors(const Json& outcome);      // of one that was refused; one a line
std::string cookie_list_table(const Json& cookies);  // of GET /sessions/NAME/cookies

}  // namespace trunkd
