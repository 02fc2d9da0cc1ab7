// Files that are compiled in: the status page and the description of the admin interface.

#pragma once

#include <string_view>

namespace trunkd {

std::string_view embedded_page();     // page.html
std::string_view embedded_openapi();  // openapi.json

}  // namespace trunkd
