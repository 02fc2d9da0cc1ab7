// What somebody probably did where the YAML parser gave up: it only names what it missed.

#pragma once

#include <string>
#include <string_view>

namespace YAML {
class Exception;
}

namespace trunkd {

// What to do about it, as a part of a sentence; empty if nobody knows. `text` is what was parsed.
// Nothing of it is shown but an address: any other text may be a secret.
std::string yaml_hint(std::string_view text, const YAML::Exception& exception);

}  // namespace trunkd
