// Where ${VAR} takes its value from.

#pragma once

#include <functional>
#include <optional>
#include <string>

namespace trunkd {

// The value of a variable, or none if it is not set. Called while a configuration is loaded only.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// This process's own; not safe while another thread changes it.
Environment process_environment();

}  // namespace trunkd
