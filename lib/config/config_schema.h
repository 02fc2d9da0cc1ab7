// The JSON Schema of the configuration, for editors; made from the table of fields that the loader
// reads by.

#pragma once

#include <string>

namespace trunkd {

// JSON Schema, draft 2020-12. It says all that can be said of one file without looking at its
// environment, at other files or from one value to another.
std::string config_schema();

}  // namespace trunkd
