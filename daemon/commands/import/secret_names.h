// What looks like a secret, by its name or by itself. In doubt it is one: a secret that was taken
// for none would end up in a file that people show to each other.

#pragma once

#include <cstdint>
#include <string_view>

namespace trunkd {

enum class NameKind : uint8_t {
  plain,
  credential,  // a key, a token, a password: what shows who asks
  passing,     // of one login or one request: a signature, a CSRF token, a session's id
};

// Of a header field, or of a parameter of a query: "X-Api-Key", "access_token", "apiKey".
NameKind kind_of_name(std::string_view name);

// There is a token, a key, a random identifier or a URL with a login in it: a long piece of letters
// with digits, one that begins as those of a known service do, what stands behind "Bearer", the
// path of a service that has a token in it. Percent-encoded or not.
bool looks_like_secret(std::string_view value);

// The last part of this path is the token that a known service has at that place.
bool ends_in_token(std::string_view path);

}  // namespace trunkd
