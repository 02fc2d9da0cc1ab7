// trunkd schema: the JSON Schema of the configuration, for editors.

#pragma once

#include <iosfwd>

namespace trunkd {

// Returns 0.
int run_schema(std::ostream& out);

}  // namespace trunkd
