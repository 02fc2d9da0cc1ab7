// trunkd serve: the daemon in the foreground.

#pragma once

#include <string>
#include <vector>

namespace trunkd {

// `files` may be empty: those of the default places, looked for anew at each reload. Returns the
// exit code: 0 after a clean stop, 1, 77 (permission) or 78 (configuration).
int run_serve(const std::vector<std::string>& given_files);

}  // namespace trunkd
