// ${VAR}, ${VAR:-default} and $$ in the values of a configuration.

#pragma once

#include <string>
#include <string_view>

#include "config/environment.h"
#include "config/parsed.h"

namespace trunkd {

struct Expanded {
  std::string text;
  bool changed = false;  // a variable was in it, so it is not known to be text rather than a number
};

// The default counts if the variable is unset or empty, as in a shell. The error is a sentence for
// the user and quotes names only, never a value.
Parsed<Expanded> expand_variables(std::string_view text, const Environment& environment);

// Letters, digits and underscores, no digit first.
bool is_variable_name(std::string_view name);

}  // namespace trunkd
