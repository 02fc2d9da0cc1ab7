// trunkd check: is the configuration good?

#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace trunkd {

// Writes every mistake to `err`, a line each, or one sentence to `out`. Returns 0 or 78.
int run_check(const std::vector<std::string>& files, std::ostream& out, std::ostream& err);

}  // namespace trunkd
