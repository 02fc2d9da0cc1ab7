// Every field of the configuration with its default and its sentence, for what is written about
// them: docs/configuration.md and the manual page.

#pragma once

#include <string>
#include <vector>

namespace trunkd {

struct FieldReference {
  std::string name;  // with the groups it is in: "queue.max"
  std::string default_text;
  bool default_in_words = false;  // else it could be written so
  std::string description;
};

std::vector<FieldReference> top_reference();
std::vector<FieldReference> session_reference();

}  // namespace trunkd
