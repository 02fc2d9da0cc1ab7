// trunkd config: the effective configuration.

#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace trunkd {

// Writes the configuration to `out` as YAML, with defaults filled in, variables replaced and files
// merged; or every mistake to `err`. Returns 0 or 78.
int run_config(const std::vector<std::string>& files, std::ostream& out, std::ostream& err);

}  // namespace trunkd
