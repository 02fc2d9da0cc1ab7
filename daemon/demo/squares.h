// What the demo's origin computes, so that every answer can be checked: call N answers N squared.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"

namespace trunkd {

inline constexpr std::string_view kSquareEndpoint = "/asks/test";

inline std::string square_call(uint64_t number) { return '/' + std::to_string(number); }
inline std::string square_path(uint64_t number) {
  return std::string(kSquareEndpoint) + square_call(number);
}
inline std::string square_answer(uint64_t number) {
  return std::to_string(number) + " squared is " + std::to_string(number * number) + '\n';
}

// The number of a square_path(); none: it is another path.
inline std::optional<uint64_t> square_number(std::string_view path) {
  if (!path.starts_with(kSquareEndpoint)) return std::nullopt;
  path.remove_prefix(kSquareEndpoint.size());
  if (!path.starts_with('/')) return std::nullopt;
  return parse_decimal(path.substr(1));
}

}  // namespace trunkd
