#include "session/credential_fields.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace trunkd {
namespace {

constexpr auto kTellingWords = std::to_array<std::string_view>(
    {"authorization", "auth", "cookie", "credential", "credentials", "jwt", "key", "apikey",
     "passwd", "password", "secret", "session", "signature", "token"});

// Keys that open nothing.
constexpr auto kHarmless =
    std::to_array<std::string_view>({"Idempotency-Key", "Sec-WebSocket-Key"});

template <typename Names>
bool is_one_of(std::string_view name, const Names& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view one) { return iequals(one, name); });
}

}  // namespace

bool is_credential_field(std::string_view name) {
  return iequals(name, "authorization") || iequals(name, "cookie") ||
         iequals(name, "proxy-authorization");
}

bool looks_like_credential(std::string_view name) {
  const size_t separator = name.find_last_of("-_");
  const std::string_view word = separator == name.npos ? name : name.substr(separator + 1);
  return is_one_of(word, kTellingWords) && !is_one_of(name, kHarmless);
}

}  // namespace trunkd
