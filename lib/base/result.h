// Result<T>: a value or an Error (std::expected is C++23).

#pragma once

#include <tl/expected.hpp>

#include "base/error.h"

namespace trunkd {

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(ErrorKind kind, std::string detail = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(detail)});
}

}  // namespace trunkd
