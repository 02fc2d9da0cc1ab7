// References to secrets. What is none is taken for the secret itself, so no error quotes it.

#pragma once

#include <string_view>

#include "config/config.h"
#include "config/parsed.h"

namespace trunkd {

// Could it become a reference once its variables are replaced? What could not is a secret that
// stands in the file, and nothing else may be said about it.
bool looks_like_reference(std::string_view text);

// file:PATH with an absolute path, env:NAME, credential:NAME.
Parsed<SecretRef> parse_secret(std::string_view text);

}  // namespace trunkd
