// What the user may put on requests: names and values of fields and parameters, methods, statuses.
// No error quotes the text, since it may be a secret.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/parsed.h"

namespace trunkd {

constexpr size_t kMaxRequestName = 256;
constexpr size_t kMaxRequestValue = size_t{8} * 1024;

// Fields that are the connection's or trunkd's own business, and so not for the user to name; and
// all that begin with kOwnFieldPrefix.
std::span<const std::string_view> own_fields();
constexpr std::string_view kOwnFieldPrefix = "Trunkd-";

// A token (RFC 9110, 5.6.2), as written, that is none of the above.
Parsed<std::string> parse_field_name(std::string_view text);
// At most kMaxRequestValue bytes, no white space at its ends.
Parsed<std::string> parse_field_value(std::string_view text);
Parsed<std::string> parse_parameter_name(std::string_view text);
Parsed<std::string> parse_parameter_value(std::string_view text);

// The user-id of Basic (RFC 7617, 2): a colon would end it.
Parsed<std::string> parse_user_name(std::string_view text);

// A method in capitals, since a small letter makes another one (RFC 9110, 9.1); "*" for all is "".
Parsed<std::string> parse_method(std::string_view text);

// "connect", or a status from 400 to 599.
Parsed<std::string> parse_retry_cause(std::string_view text);

}  // namespace trunkd
