// Base64 (RFC 4648, section 4).

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trunkd {

void append_base64(std::string& out, std::string_view bytes);  // with padding
// None if it is no base64; missing padding is forgiven.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace trunkd
