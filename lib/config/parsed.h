// Parsed<T>: a value read from the user's text, or a sentence about what is wrong with it.

#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/text.h"

namespace trunkd {

// The sentence goes behind the field's path: "must be at least 1, is 0".
template <typename T>
using Parsed = tl::expected<T, std::string>;

inline tl::unexpected<std::string> wrong(std::string sentence) {
  return tl::unexpected<std::string>(std::move(sentence));
}

// must be a whole number, is "x"
inline std::string must_be(std::string_view what, std::string_view is) {
  return "must be " + std::string(what) + ", is \"" + escaped(is) + '"';
}

}  // namespace trunkd
