#include "config/config_schema.h"

#include <algorithm>

#include "config/config_yaml.h"
#include "config/fields.h"
#include "config/schema_values.h"

namespace trunkd {
namespace {

Json mapping(Json properties) {
  return {{"type", {"object", "null"}},
          {"properties", std::move(properties)},
          {"patternProperties", {{"^x-", true}}},
          {"additionalProperties", false}};
}

// A field of a table, with its default as text.
struct Row {
  FieldInfo info;
  std::string default_text;
};

// A session proves in one way who it is.
Json one_way_to_prove() {
  Json ways = Json::array();
  for (const char* way : {"bearer", "basic", "header", "query"}) {
    ways.push_back({{"required", {way}}});
  }
  return ways;
}

// The mapping of the group `prefix`: "retry.", or "" for the whole table.
Json group_schema(const std::vector<Row>& rows, const std::string& prefix) {
  Json group = mapping(Json::object());
  Json& properties = group["properties"];
  Json required = Json::array();
  for (const Row& row : rows) {
    const std::string name(row.info.name);
    if (name.compare(0, prefix.size(), prefix) != 0) continue;
    const std::string rest = name.substr(prefix.size());
    const std::string key = rest.substr(0, rest.find('.'));
    if (properties.contains(key)) continue;  // a group that is there already
    const bool is_group = std::any_of(rows.begin(), rows.end(), [&](const Row& other) {
      return is_in_group(other.info.name, prefix + key);
    });
    if (row.info.required && key == rest) required.push_back(key);
    if (!is_group) {
      properties[key] = field_schema(row.info, row.default_text);
      continue;
    }
    Json inner = group_schema(rows, prefix + key + '.');
    if (key == rest) {  // `row` is its short form
      inner["type"] = "object";
      inner = any_of({field_schema(row.info, row.default_text), std::move(inner)});
    }
    properties[key] = std::move(inner);
  }
  if (prefix == "auth.") group["oneOf"] = one_way_to_prove();
  if (required.empty()) return group;
  group["type"] = "object";
  group["required"] = std::move(required);
  return group;
}

template <typename Draft>
Json table_schema(FieldTable<Draft> table, const Draft& defaults) {
  std::vector<Row> rows;
  for (const ConfigField<Draft>& field : table) {
    if (field.info.phase <= kPhase) rows.push_back({field.info, default_text(field, defaults)});
  }
  return group_schema(rows, "");
}

Json definitions() {
  Json all = value_definitions();
  all["unix_socket"] = table_schema(socket_fields(), SocketDraft{});
  all["session"] = table_schema(session_fields(), SessionDraft{});
  all["session"]["not"] = {{"type", "object"}, {"required", {"base_url", "allow_hosts"}}};
  return all;
}

// A session has a target; unless `defaults` may have one for it.
Json target_rule() {
  const Json has_target = any_of({{{"required", {"base_url"}}}, {{"required", {"allow_hosts"}}}});
  const Json target_in_defaults = {
      {"required", {"defaults"}},
      {"properties", {{"defaults", {{"type", "object"}, {"anyOf", has_target["anyOf"]}}}}}};
  Json session = has_target;
  session["type"] = "object";
  return {{"if", target_in_defaults},
          {"else",
           {{"properties",
             {{"sessions",
               {{"patternProperties", {{"^x-", true}}},
                {"additionalProperties", std::move(session)}}}}}}}};
}

}  // namespace

std::string config_schema() {
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "trunkd configuration"}};
  schema.update(table_schema(top_fields(), TopDraft{}));
  schema.update(target_rule());
  schema["$defs"] = definitions();
  return schema.dump(2) + '\n';
}

}  // namespace trunkd
