// What a session adds to the query of the URL that is sent: `params`, which the client may name
// itself, and the parameter of `auth: query`, which it may not (docs/urls.md).

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace trunkd {

// Appends each of `params` that the client's query does not name. What the client wrote stays byte
// for byte, and all of it does where nothing is added. "*" (OPTIONS *) has no query.
void add_params(std::string& target, const std::vector<NameValue>& params);

// The target with exactly one parameter of that name, at the end of its query; `value` is
// percent-encoded already.
std::string with_parameter(std::string_view target, std::string_view name, std::string_view value);

}  // namespace trunkd
