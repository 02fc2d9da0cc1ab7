// The part of FieldReader that reads values by names of the user's own: header fields, parameters,
// intervals of methods, addresses of hosts.

#include <algorithm>

#include "base/text.h"
#include "config/field_reader.h"
#include "config/host_syntax.h"
#include "config/request_syntax.h"

namespace trunkd {

std::optional<NameValue> FieldReader::read_name(const YamlEntry& entry, const std::string& path,
                                                const FieldInfo& field) {
  const bool header = field.syntax == Syntax::header_fields;
  auto name = header ? parse_field_name(entry.key) : parse_parameter_name(entry.key);
  if (!name) {
    mistake(entry.place, path, std::move(name.error()));
    return std::nullopt;
  }
  if (entry.value->kind == YamlNode::Kind::null) {
    // {key:VALUE}, without the space, is a key too: so it is not shown.
    mistake(entry.place, path,
            "has a name without a value: write NAME: VALUE with a space behind the colon, and "
            "NAME: \"\" for an empty one");
    return std::nullopt;
  }
  const std::string value_path = path + '.' + escaped(entry.key);
  const auto text = scalar(*entry.value, value_path);
  if (!text) return std::nullopt;
  auto value = noted(header ? parse_field_value(text->text) : parse_parameter_value(text->text),
                     *entry.value, value_path);
  if (!value) return std::nullopt;
  return NameValue{std::move(*name), std::move(*value)};
}

// Here a name that begins with "x-" is one like all others.
std::optional<Value> FieldReader::read_names(const YamlNode& node, const std::string& path,
                                             const FieldInfo& field) {
  if (node.kind == YamlNode::Kind::scalar) {
    const auto word = scalar(node, path);
    if (!word) return std::nullopt;
    if (parse_boolean(word->text, word->quoted) == false) return std::monostate();
  }
  if (!expect_mapping(node, path, true)) return std::nullopt;
  std::vector<NameValue> values;
  for (const YamlEntry& entry : node.entries) {
    auto value = read_name(entry, path, field);
    if (!value) continue;
    const auto same = std::find_if(values.begin(), values.end(), [&](const NameValue& other) {
      return field.syntax == Syntax::header_fields && iequals(other.name, value->name);
    });
    if (same != values.end()) {
      mistake(entry.place, path + '.' + escaped(entry.key),
              "is the same field as " + same->name + ": case does not matter in these names");
    }
    values.push_back(std::move(*value));
  }
  if (values.size() < node.entries.size()) return std::nullopt;
  return values;
}

std::optional<Value> FieldReader::read_intervals(const YamlNode& node, const std::string& path,
                                                 const FieldInfo& field) {
  FieldInfo duration = field;
  duration.syntax = Syntax::duration;
  if (node.kind != YamlNode::Kind::mapping) {
    const auto value = read_scalar(node, path, duration);
    if (!value) return std::nullopt;
    const auto interval = std::get<Duration>(*value);
    std::vector<RateConfig::Interval> one{{"", interval}};
    if (interval == Duration{}) one.clear();
    return one;
  }
  std::vector<RateConfig::Interval> intervals;
  bool complete = true;
  for (const YamlEntry& entry : node.entries) {
    if (is_ignored(entry.key)) continue;
    auto method = parse_method(entry.key);
    if (!method) mistake(entry.place, path + '.' + escaped(entry.key), std::move(method.error()));
    const auto value = read(entry, path + '.' + escaped(entry.key), duration);
    complete = complete && method && value;
    if (complete) intervals.push_back({std::move(*method), std::get<Duration>(*value)});
  }
  if (!complete) return std::nullopt;
  return intervals;
}

// Here a name that begins with "x-" may be a host like all others.
std::optional<Value> FieldReader::read_addresses(const YamlNode& node, const std::string& path) {
  if (node.kind == YamlNode::Kind::scalar) {
    const auto word = scalar(node, path);
    if (!word) return std::nullopt;
    if (parse_boolean(word->text, word->quoted) == false) return std::vector<FixedAddresses>{};
  }
  if (!expect_mapping(node, path)) return std::nullopt;
  std::vector<FixedAddresses> hosts;
  for (const YamlEntry& entry : node.entries) {
    const std::string host_path = path + '.' + escaped(entry.key);
    auto host = parse_resolved_host(entry.key);
    if (!host) mistake(entry.place, host_path, std::move(host.error()));
    const bool is_list = entry.value->kind == YamlNode::Kind::sequence;
    if (!is_list || entry.value->items.empty()) {
      mistake(is_list ? entry.value->place : entry.place, host_path,
              "must be a list of addresses, as [192.0.2.7]");
    }
    auto found = is_list ? read_items<std::string>(*entry.value, host_path, parse_fixed_address)
                         : std::nullopt;
    if (!host || !found || entry.value->items.empty()) continue;
    const bool twice = std::any_of(hosts.begin(), hosts.end(), [&](const FixedAddresses& other) {
      return other.host == *host;
    });
    if (twice) {
      mistake(entry.place, host_path, "is the same host as one above it");
      continue;
    }
    hosts.push_back({std::move(*host), std::get<std::vector<std::string>>(std::move(*found))});
  }
  if (hosts.size() < node.entries.size()) return std::nullopt;
  return hosts;
}

}  // namespace trunkd
