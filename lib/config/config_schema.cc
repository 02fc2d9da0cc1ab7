#include "config/config_schema.h"

#include <nlohmann/json.hpp>

#include "config/config_yaml.h"
#include "config/fields.h"

namespace trunkd {
namespace {

using Json = nlohmann::ordered_json;

// The words of YAML 1.1 for true and false: editors that read YAML 1.2 see them as strings.
constexpr const char* kTrueWords = "on|On|ON|yes|Yes|YES";
constexpr const char* kFalseWords = "off|Off|OFF|no|No|NO";

Json pattern(const std::string& expression) {
  return {{"type", "string"}, {"pattern", "^(" + expression + ")$"}};
}

// What every text keeps to: a dollar is doubled or begins a variable.
constexpr const char* kDollars = "^([^$]|\\$\\$|\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^$}]*)?\\})*$";

Json any_of(std::initializer_list<Json> choices) { return {{"anyOf", Json(choices)}}; }

// A reference to one of the definitions below.
Json defined(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }

Json mapping(Json properties) {
  return {{"type", {"object", "null"}},
          {"properties", std::move(properties)},
          {"patternProperties", {{"^x-", true}}},
          {"additionalProperties", false}};
}

Json list_of(const Json& items, size_t min_items = 0) {
  Json item = any_of({items, defined("variable")});
  item["pattern"] = kDollars;
  Json list = {{"type", "array"}, {"items", std::move(item)}};
  if (min_items > 0) list["minItems"] = min_items;
  return list;
}

Json choice(std::span<const std::string_view> words) {
  Json values = Json::array();
  for (const std::string_view word : words) {
    values.push_back(word);
    // 1.2 without quotes is a number in YAML, and meant just so.
    if (word.front() >= '0' && word.front() <= '9') values.push_back(std::stod(std::string(word)));
  }
  return {{"enum", std::move(values)}};
}

Json value_schema(const FieldInfo& field) {
  switch (field.syntax) {
    case Syntax::boolean:
      return any_of({{{"type", "boolean"}}, pattern(std::string(kTrueWords) + '|' + kFalseWords)});
    case Syntax::count:
      return {{"type", "integer"}, {"minimum", field.min}, {"maximum", field.max}};
    case Syntax::duration:
      return pattern(field.min > 0 ? "0*[1-9][0-9]*(ms|s|m|h)" : "[0-9]+(ms|s|m|h)");
    case Syntax::choice:
      return choice(field.words);
    case Syntax::file_mode:
      return any_of(
          {{{"type", "integer"}, {"minimum", 0}, {"maximum", 777}}, pattern("(0o|0)?[0-7]{3}")});
    case Syntax::path:
      return pattern("/.*");
    case Syntax::socket_path:
      return {{"type", "string"}, {"pattern", "^/"}, {"maxLength", 107}};
    case Syntax::access_log:
      return pattern("stderr|/.*");
    case Syntax::group_name:
      return pattern("[!-.0-9;-~]+");
    case Syntax::host:
      return defined("host");
    case Syntax::hosts:
      return list_of(defined("host"));
    case Syntax::host_patterns:
      return list_of(defined("host_pattern"), 1);
    case Syntax::base_url:
      return pattern(
          "[hH][tT][tT][pP][sS]?://(\\[[0-9a-fA-F:.]+\\]|[^/?#@\\s:%*\\[\\]]+)(:[0-9]{1,5})?"
          "(/[!-\"$->@-~]*)?");
    case Syntax::url_path:
      return {{"type", "string"}, {"pattern", "^[!-\"$->@-~]+$"}, {"not", {{"pattern", "://"}}}};
    case Syntax::web_origins:
      return list_of(pattern("[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#@\\s*]+"));
    case Syntax::upgrade_tokens:
      return list_of({{"type", "string"},
                      {"pattern", "^[!#$%&'*+.^_`|~0-9A-Za-z-]+(/[!#$%&'*+.^_`|~0-9A-Za-z-]+)?$"},
                      {"not", {{"pattern", "^([hH]2[cC]|[hH][tT][tT][pP]|[tT][lL][sS])(/.*)?$"}}}});
    case Syntax::tcp_listener:
      return any_of({defined("port"), defined("host_port")});
    case Syntax::listener:
      return defined("listener");
    case Syntax::listeners:
      return any_of({defined("listener"), list_of(defined("listener"))});
    case Syntax::session_fields:
      return defined("session");
    case Syntax::sessions:
      return {{"type", {"object", "null"}},
              {"propertyNames", {{"pattern", "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?|x-.*)$"}}},
              {"patternProperties", {{"^x-", true}}},
              {"additionalProperties", defined("session")}};
  }
  return false;
}

// The value with all that may stand in its place: off, and a variable.
Json field_schema(const FieldInfo& field, const std::string& default_text) {
  Json schema = value_schema(field);
  const bool is_section =
      field.syntax == Syntax::session_fields || field.syntax == Syntax::sessions;
  if (!is_section) {
    Json choices = Json::array({std::move(schema)});
    if (field.can_be_off) choices.push_back(defined("off"));
    const bool is_list = field.syntax == Syntax::hosts || field.syntax == Syntax::host_patterns ||
                         field.syntax == Syntax::web_origins ||
                         field.syntax == Syntax::upgrade_tokens;
    if (!is_list || field.can_be_off) choices.push_back(defined("variable"));
    schema = {{"anyOf", std::move(choices)}, {"pattern", kDollars}};
  }
  schema["description"] = std::string(field.description) + " Default: " + default_text + '.';
  return schema;
}

template <typename Draft>
Json properties_of(FieldTable<Draft> table, const Draft& defaults) {
  Json properties = Json::object();
  for (const Field<Draft>& field : table) {
    if (field.info.phase > kPhase) continue;
    const Json schema = field_schema(field.info, default_text(field, defaults));
    const std::string name(field.info.name);
    const size_t dot = name.find('.');
    if (dot == std::string::npos) {
      properties[name] = schema;
      continue;
    }
    Json& group = properties[name.substr(0, dot)];
    if (group.is_null()) group = mapping(Json::object());
    group["properties"][name.substr(dot + 1)] = schema;
  }
  return properties;
}

Json definitions() {
  Json session = mapping(properties_of(session_fields(), SessionDraft{}));
  session["not"] = {{"type", "object"}, {"required", {"base_url", "allow_hosts"}}};
  Json socket = mapping(properties_of(socket_fields(), SocketDraft{}));
  socket["type"] = "object";
  socket["required"] = {"unix"};
  return {
      {"variable", {{"type", "string"}, {"pattern", "\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^$}]*)?\\}"}}},
      {"off", any_of({{{"const", false}}, pattern(kFalseWords)})},
      {"port",
       any_of({{{"type", "integer"}, {"minimum", 0}, {"maximum", 65535}}, pattern("[0-9]{1,5}")})},
      {"host_port",
       pattern(
           "([lL][oO][cC][aA][lL][hH][oO][sS][tT]|[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-fA-F:.]+"
           "\\]):[0-9]{1,5}")},
      {"host", pattern("[^\\s/?#@%*,:\\[\\]]+|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\\]?")},
      {"host_pattern",
       pattern("(\\*\\.)?[^\\s/?#@%*,:\\[\\]]+(:[0-9]{1,5})?|\\[[0-9a-fA-F:.]+\\](:[0-9]{1,5})?|"
               "[0-9a-fA-F.]*:[0-9a-fA-F.]*:[0-9a-fA-F:.]*")},
      {"unix_socket", std::move(socket)},
      {"listener", any_of({defined("port"),
                           defined("host_port"),
                           {{"type", "string"}, {"pattern", "^unix:/.*$"}, {"maxLength", 112}},
                           defined("unix_socket")})},
      {"session", std::move(session)},
  };
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
  schema.update(mapping(properties_of(top_fields(), TopDraft{})));
  schema.update(target_rule());
  schema["$defs"] = definitions();
  return schema.dump(2) + '\n';
}

}  // namespace trunkd
