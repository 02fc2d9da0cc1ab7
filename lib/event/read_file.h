// Reading a file that somebody else writes, whole and with a limit.

#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace trunkd {

// Blocks; on any thread. What is not a regular file, or has more than `limit` bytes, is an error,
// whose detail is the end of a sentence: "No such file or directory". A named pipe is never waited
// for.
Result<std::string> read_regular_file(const std::string& path, size_t limit);

}  // namespace trunkd
