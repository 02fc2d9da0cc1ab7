// The configuration to start from, which is compiled in.

#pragma once

#include <string_view>

namespace trunkd {

std::string_view starter_file();  // config/starter.yaml

}  // namespace trunkd
