// The Cookie field of a request: what the client sends and what the session's jar adds.

#pragma once

#include <string>
#include <string_view>

namespace trunkd {

// Two lists as "a=1; b=2", each may be empty. `own` stays as it is written and comes first; a
// cookie of the jar whose name is in it is left out (with all of that name: the client wins).
std::string merged_cookies(std::string_view own, std::string_view jar);

}  // namespace trunkd
