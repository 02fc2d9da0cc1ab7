// Which fields of a request prove who sends it.

#pragma once

#include <string_view>

namespace trunkd {

// Those of the standards: Authorization, Proxy-Authorization, Cookie.
bool is_credential_field(std::string_view name);

// Those and every field whose last word says so: X-Api-Key, Private-Token, X-Client-Secret ... For
// where a field too few is better than a secret too many: other origins, TRACE.
bool looks_like_credential(std::string_view name);

}  // namespace trunkd
