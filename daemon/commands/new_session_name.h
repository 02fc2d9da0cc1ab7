// The name of a session that a command is to write into a file.

#pragma once

#include <string>
#include <string_view>

#include "config/scalar_syntax.h"

namespace trunkd {

// Keys that begin so are passed over in a configuration, and a session would not be there.
constexpr std::string_view kIgnoredKeys = "x-";

inline Parsed<std::string> parse_new_session_name(std::string_view text) {
  if (text.starts_with(kIgnoredKeys)) {
    return wrong("cannot begin with x-, which a configuration passes over");
  }
  return parse_session_name(text);
}

}  // namespace trunkd
