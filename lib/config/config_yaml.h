// A configuration as YAML that loads to the same configuration again; what `trunkd config` prints.

#pragma once

#include <string>

#include "config/config.h"

namespace trunkd {

std::string to_yaml(const Config& config);

}  // namespace trunkd
