#include "config/schema_values.h"

#include "base/text.h"
#include "config/request_syntax.h"

namespace trunkd {
namespace {

// The words of YAML 1.1 for true and false: editors that read YAML 1.2 see them as strings.
constexpr const char* kTrueWords = "on|On|ON|yes|Yes|YES";
constexpr const char* kFalseWords = "off|Off|OFF|no|No|NO";

Json pattern(const std::string& expression) {
  return {{"type", "string"}, {"pattern", "^(" + expression + ")$"}};
}

// What every text keeps to: a dollar is doubled or begins a variable.
constexpr const char* kDollars = "^([^$]|\\$\\$|\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^$}]*)?\\})*$";

constexpr const char* kSessionName = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
constexpr const char* kDuration = "0*[1-9][0-9]*(ms|s|m|h)";

constexpr const char* kProxyScheme = "([hH][tT][tT][pP]|[sS][oO][cC][kK][sS]5[hH])://";
constexpr const char* kProxyAddress = "(\\[[0-9a-fA-F:.]+\\]|[^/?#@\\s:%*\\[\\]]+):[0-9]{1,5}/?";

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

// A mapping whose keys are the user's names, also those that begin with "x-".
Json values_by_name(const std::string& name, const std::string& value) {
  return {{"type", "object"},
          {"propertyNames", defined(name)},
          {"additionalProperties", defined(value)}};
}

// As a pattern that does not care for case: "[tT][eE]".
std::string in_any_case(std::string_view word) {
  std::string out;
  for (const char c : to_lower(word)) {
    const bool letter = c >= 'a' && c <= 'z';
    out += letter ? std::string{'[', c, static_cast<char>(c - 32), ']'} : std::string(1, c);
  }
  return out;
}

Json value_schema(const FieldInfo& field) {
  switch (field.syntax) {
    case Syntax::boolean:
      return any_of({{{"type", "boolean"}}, pattern(std::string(kTrueWords) + '|' + kFalseWords)});
    case Syntax::count:
      return {{"type", "integer"}, {"minimum", field.min}, {"maximum", field.max}};
    case Syntax::duration:
      return pattern(field.min > 0 ? kDuration : "[0-9]+(ms|s|m|h)");
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
      return list_of(any_of({defined("host_pattern"), pattern("\\*(:[0-9]{1,5})?")}), 1);
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
    case Syntax::session_name:
    case Syntax::cookie_jar:
      return pattern(kSessionName);
    case Syntax::parameter_name:
      return defined("parameter_name");
    case Syntax::parameters:
      return values_by_name("parameter_name", "parameter_value");
    case Syntax::field_name:
      return defined("field_name");
    case Syntax::field_names:
      return list_of(defined("field_name"));
    case Syntax::header_fields:
      return values_by_name("field_name", "field_value");
    case Syntax::user_name:
      return {{"type", "string"}, {"pattern", "^[^:]+$"}, {"maxLength", kMaxRequestName}};
    case Syntax::secret:
      return pattern(
          "file:/.*|env:[A-Za-z_][A-Za-z0-9_]*|credential:[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}");
    case Syntax::credential_hosts:
      return list_of(defined("host_pattern"), 1);
    case Syntax::rate:
      return pattern("0*[1-9][0-9]{0,6}/[smh]");
    case Syntax::intervals:
      return any_of({defined("interval"), defined("intervals")});
    case Syntax::retry_causes:
      return list_of(any_of({pattern("connect|[45][0-9][0-9]"),
                             {{"type", "integer"}, {"minimum", 400}, {"maximum", 599}}}));
    case Syntax::switched_off:
      return defined("off");
    case Syntax::fixed_addresses:
      return {{"type", "object"},
              {"propertyNames", pattern("[^\\s/?#@%*,:\\[\\]]+")},
              {"additionalProperties", list_of(defined("address"), 1)}};
    case Syntax::private_hosts:
      return any_of({{{"const", true}}, pattern(kTrueWords), list_of(defined("host_or_network"))});
    case Syntax::direct_hosts:
      return list_of(defined("host_or_network"));
    case Syntax::proxy_url:
      return pattern(std::string(kProxyScheme) + "([^:/?#@\\s]+(:[^/?#@\\s]*)?@)?" + kProxyAddress);
    case Syntax::bare_proxy_url:
      return pattern(std::string(kProxyScheme) + kProxyAddress);
    case Syntax::sessions:
      return {{"type", {"object", "null"}},
              {"propertyNames", {{"pattern", "^(" + std::string(kSessionName) + "|x-.*)$"}}},
              {"patternProperties", {{"^x-", true}}},
              {"additionalProperties", defined("session")}};
  }
  return false;
}

// What a configuration may name as a header field.
Json field_name() {
  std::string own;
  for (const std::string_view name : own_fields()) own += in_any_case(name) + "$|";
  return {{"type", "string"},
          {"pattern", "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"},
          {"not", {{"pattern", "^(" + own + in_any_case(kOwnFieldPrefix) + ")"}}},
          {"maxLength", kMaxRequestName}};
}

// A value that is taken as it is written: a text as `expression` says, a number or a boolean.
Json scalar_of(const std::string& expression) {
  Json text = {{"type", "string"},
               {"pattern", "^[^\\u0000-\\u001f\\u007f]*$"},
               {"maxLength", kMaxRequestValue},
               {"allOf", {{{"pattern", kDollars}}, {{"pattern", expression}}}}};
  return any_of({std::move(text), {{"type", {"number", "boolean"}}}});
}

}  // namespace

Json any_of(std::initializer_list<Json> choices) { return {{"anyOf", Json(choices)}}; }

Json defined(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }

Json field_schema(const FieldInfo& field, const std::string& default_text) {
  Json schema = value_schema(field);
  const bool is_section =
      field.syntax == Syntax::session_fields || field.syntax == Syntax::sessions;
  if (!is_section) {
    Json choices = Json::array({std::move(schema)});
    if (field.can_be_off) choices.push_back(defined("off"));
    const bool is_list =
        field.syntax == Syntax::hosts || field.syntax == Syntax::host_patterns ||
        field.syntax == Syntax::web_origins || field.syntax == Syntax::upgrade_tokens ||
        field.syntax == Syntax::field_names || field.syntax == Syntax::retry_causes ||
        field.syntax == Syntax::credential_hosts || field.syntax == Syntax::private_hosts ||
        field.syntax == Syntax::direct_hosts;
    if (!is_list || field.can_be_off) choices.push_back(defined("variable"));
    schema = {{"anyOf", std::move(choices)}, {"pattern", kDollars}};
  }
  schema["description"] = std::string(field.description) + " Default: " + default_text + '.';
  return schema;
}

Json value_definitions() {
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
      {"address", pattern("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\\]?")},
      {"host_or_network",
       any_of({pattern("(\\*\\.)?[^\\s/?#@%*,:\\[\\].][^\\s/?#@%*,:\\[\\]]*"), defined("address"),
               pattern("[0-9.]+/[0-9]{1,2}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/[0-9]{1,3}")})},
      {"listener", any_of({defined("port"),
                           defined("host_port"),
                           {{"type", "string"}, {"pattern", "^unix:/.*$"}, {"maxLength", 112}},
                           defined("unix_socket")})},
      {"field_name", field_name()},
      {"field_value", scalar_of("^([^\\s](.*[^\\s])?)?$")},
      {"parameter_name", {{"type", "string"}, {"minLength", 1}, {"maxLength", kMaxRequestName}}},
      {"parameter_value", scalar_of("")},
      {"interval", any_of({pattern(kDuration), defined("off"), defined("variable")})},
      {"intervals",
       {{"type", "object"},
        {"propertyNames", {{"pattern", "^([A-Z][A-Z0-9-]*|\\*|x-.*)$"}}},
        {"patternProperties", {{"^x-", true}}},
        {"additionalProperties", defined("interval")}}},
  };
}

}  // namespace trunkd
