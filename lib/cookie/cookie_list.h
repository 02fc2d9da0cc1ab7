// Cookies for people and for programs to look at: everything but their values.

#pragma once

#include <string>
#include <vector>

#include "cookie/cookie.h"

namespace trunkd {

// A table with a line of headings, or one sentence if there is nothing; ends with a line break.
std::string cookie_table(const std::vector<Cookie>& cookies);
// A JSON array of objects.
std::string cookie_json(const std::vector<Cookie>& cookies);

}  // namespace trunkd
