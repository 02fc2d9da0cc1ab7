// What the JSON Schema says of the value of one field, by its syntax.

#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>

#include "config/field.h"

namespace trunkd {

using Json = nlohmann::ordered_json;

Json any_of(std::initializer_list<Json> choices);
Json defined(const std::string& name);  // a reference to a definition

// The value with all that may stand in its place, off and a variable; and the field's sentence.
// "session" and "unix_socket" are left for the caller to define.
Json field_schema(const FieldInfo& field, const std::string& default_text);

// The definitions that field_schema refers to.
Json value_definitions();

}  // namespace trunkd
