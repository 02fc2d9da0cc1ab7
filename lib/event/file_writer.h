// FileSink on libuv's thread pool.

#pragma once

#include <memory>
#include <string>

#include "base/file_sink.h"
#include "event/loop.h"

namespace trunkd {

// Opens (creating, 0640) and appends. Fails with a sentence that names the path.
Result<std::unique_ptr<FileSink>> open_file_writer(Loop& loop, const std::string& path);
// Standard error: a pipe or journal that does not read must not block the loop either.
std::unique_ptr<FileSink> stderr_writer(Loop& loop);

}  // namespace trunkd
