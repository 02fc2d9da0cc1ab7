// Requests that have ended, for people: from the JSON of the admin interface. All throw
// Json::exception if it is not what openapi.json says.

#pragma once

#include <string>

#include "admin/status_json.h"

namespace trunkd {

std::string requests_table(const Json& answer);  // of GET /requests
// What became of one request and what to do about it, in sentences; of GET /requests/ID.
std::string request_story(const Json& request);

}  // namespace trunkd
