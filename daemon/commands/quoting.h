// Text made safe to be written into something else: a shell's line, a YAML file.

#pragma once

#include <string>
#include <string_view>

namespace trunkd {

// One word of a POSIX shell that means exactly `text`, without quotes where none are needed.
// `text` has no NUL.
std::string sh_quoted(std::string_view text);

// The same for fish, always in quotes.
std::string fish_quoted(std::string_view text);

// A scalar that the configuration's loader reads as the text `text`, which is UTF-8 without control
// bytes: in quotes unless it can be taken for nothing else, a dollar doubled.
std::string yaml_quoted(std::string_view text);

}  // namespace trunkd
