#include "config/request_syntax.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "http/characters.h"
#include "http/fields.h"

namespace trunkd {
namespace {

constexpr auto kOwnFields = std::to_array<std::string_view>({
    "Host",
    "Content-Length",
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "HTTP2-Settings",
    "Proxy-Authorization",
    "Proxy-Authenticate",
    "Proxy-Authentication-Info",
});

Parsed<std::string> of_length(std::string_view text, size_t max) {
  if (text.size() <= max) return std::string(text);
  return wrong("is longer than " + std::to_string(max) + " bytes");
}

bool is_space(char c) { return c == ' ' || c == '\t'; }

}  // namespace

std::span<const std::string_view> own_fields() { return kOwnFields; }

Parsed<std::string> parse_field_name(std::string_view text) {
  if (!is_token(text)) {
    return wrong(
        "has a name that no header field can have: letters, digits and dashes, as in "
        "\"Accept-Language: de\" with a space behind the colon");
  }
  for (const std::string_view own : kOwnFields) {
    if (!iequals(text, own)) continue;
    return wrong(std::string(own) +
                 " cannot be set or removed: trunkd makes it for each connection");
  }
  if (istarts_with(text, kOwnFieldPrefix)) {
    return wrong("Trunkd-... fields are for trunkd itself and never sent to a host");
  }
  return of_length(text, kMaxRequestName);
}

Parsed<std::string> parse_field_value(std::string_view text) {
  if (!text.empty() && (is_space(text.front()) || is_space(text.back()))) {
    return wrong("begins or ends with a space, which no header field can keep");
  }
  return of_length(text, kMaxRequestValue);
}

Parsed<std::string> parse_parameter_name(std::string_view text) {
  if (text.empty()) return wrong("needs a name");
  return of_length(text, kMaxRequestName);
}

Parsed<std::string> parse_parameter_value(std::string_view text) {
  return of_length(text, kMaxRequestValue);
}

Parsed<std::string> parse_user_name(std::string_view text) {
  if (text.empty()) return wrong("needs a name");
  if (text.find(':') != std::string_view::npos) {
    return wrong("cannot have a colon in it: the password stands apart, as \"password\"");
  }
  return of_length(text, kMaxRequestName);
}

Parsed<std::string> parse_method(std::string_view text) {
  const auto is_method_char = [](char c) {
    return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-';
  };
  if (text == "*") return std::string();
  const bool good = !text.empty() && text.size() <= kMaxRequestName && text.front() >= 'A' &&
                    text.front() <= 'Z' && std::all_of(text.begin(), text.end(), is_method_char);
  if (!good) return wrong("must be a method in capitals such as POST, or \"*\" for all others");
  return std::string(text);
}

Parsed<std::string> parse_retry_cause(std::string_view text) {
  const auto status = parse_decimal(text);
  const bool good = status && text.size() == 3 && *status >= 400 && *status <= 599;
  if (!good && text != "connect")
    return wrong(must_be("connect or a status from 400 to 599", text));
  return std::string(text);
}

}  // namespace trunkd
