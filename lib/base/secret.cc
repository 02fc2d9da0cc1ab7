#include "base/secret.h"

#include <algorithm>

namespace trunkd {
namespace {

bool is_control(char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }

}  // namespace

Result<std::string> secret_value(std::string found, std::string_view reference) {
  if (found.ends_with('\n')) {
    found.pop_back();
    if (found.ends_with('\r')) found.pop_back();
  }
  if (found.empty()) return no_secret(reference, "it is empty");
  if (std::any_of(found.begin(), found.end(), is_control)) {
    return no_secret(reference, "it has control bytes or more than one line");
  }
  return found;
}

tl::unexpected<Error> no_secret(std::string_view reference, std::string_view why) {
  return failure(ErrorKind::credential_unavailable,
                 "the secret " + std::string(reference) + " cannot be used: " + std::string(why));
}

}  // namespace trunkd
