// What an operator can do about a request that failed.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace trunkd {

// The failure of this word (of log and metrics); none: it is not one that trunkd answers.
std::optional<ErrorKind> failure_named(std::string_view word);

// A sentence, or several; `session` is the session's name, empty if there was none.
std::string advice_for(ErrorKind kind, std::string_view session);

}  // namespace trunkd
