// One access log record as a line, text for people or JSON for machines (docs/access-log.md).

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "observe/access_log.h"

namespace trunkd {

// Both append exactly one line with its "\n"; nothing in a record can break out of it.
void append_text_line(std::string& out, const ExchangeRecord& record);
void append_json_line(std::string& out, const ExchangeRecord& record);

// The line that owns up to lines that were lost.
void append_dropped_line(std::string& out, AccessLog::Format format, WallTime now,
                         uint64_t dropped);

// A request target as it may be logged: without query and fragment, which carry tokens, and without
// the user information of an absolute form. A view of `target` or, if that had user information, of
// `scratch`.
std::string_view loggable_path(std::string_view target, std::string& scratch);

}  // namespace trunkd
