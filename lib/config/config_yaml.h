// A configuration as YAML that loads to the same configuration again; what `trunkd config` prints.

#pragma once

#include <string>

#include "config/config.h"
#include "config/field.h"

namespace trunkd {

std::string to_yaml(const Config& config);

// A field's value as a user could write it behind "key: ". Empty if nothing is the only way to
// write it.
std::string field_text(const Value& value, const FieldInfo& field);

// A field's default for people: as it could be written, or in words.
template <typename Draft>
std::string default_text(const ConfigField<Draft>& field, const Draft& defaults) {
  if (!field.info.default_text.empty() || field.get == nullptr) {
    return std::string(field.info.default_text);
  }
  return field_text(field.get(defaults), field.info);
}

}  // namespace trunkd
