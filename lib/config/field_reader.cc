#include "config/field_reader.h"

#include <algorithm>

#include "base/text.h"

namespace trunkd {
namespace {

// Comparing with all known words costs the square of a word's length.
constexpr size_t kLongestLikelyKey = 64;

template <typename Draft>
bool has_key(FieldTable<Draft> table, std::string_view key) {
  if (key.find('.') != std::string_view::npos) return false;
  return std::any_of(table.begin(), table.end(), [&](const ConfigField<Draft>& field) {
    return field.info.name == key || is_in_group(field.info.name, key);
  });
}

// The keys that may stand in the mapping of the group `prefix` ("queue.", or "" for the whole).
std::vector<std::string_view> keys_of(const std::vector<const FieldInfo*>& fields,
                                      std::string_view prefix) {
  std::vector<std::string_view> keys;
  for (const FieldInfo* field : fields) {
    if (!field->name.starts_with(prefix)) continue;
    const std::string_view rest = field->name.substr(prefix.size());
    keys.push_back(rest.substr(0, rest.find('.')));
  }
  return keys;
}

// Does a secret stand in this group? Then a text that is out of place there may be it.
bool is_confidential(const std::vector<const FieldInfo*>& fields, std::string_view prefix) {
  return !prefix.empty() && std::any_of(fields.begin(), fields.end(), [&](const FieldInfo* field) {
    return field->name.starts_with(prefix) && field->syntax == Syntax::secret;
  });
}

// The fields that must stand in the mapping of the group `prefix`.
std::vector<size_t> required_in(const std::vector<const FieldInfo*>& fields,
                                std::string_view prefix) {
  std::vector<size_t> required;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string_view name = fields[i]->name;
    const bool direct =
        name.starts_with(prefix) && name.find('.', prefix.size()) == std::string_view::npos;
    if (fields[i]->required && direct) required.push_back(i);
  }
  return required;
}

// "The path of the socket." as the rest of a sentence.
std::string as_phrase(std::string_view description) {
  std::string phrase(description.substr(0, description.size() - 1));
  phrase.front() = ascii_lower(phrase.front());
  return phrase;
}

}  // namespace

void FieldReader::mistake(const Place& place, const std::string& path, std::string message) {
  mistakes_.push_back(
      {std::string(place.file), place.line, place.column, path, std::move(message)});
}

bool FieldReader::expect_mapping(const YamlNode& node, const std::string& path) {
  return expect_mapping(node, path, false);
}

bool FieldReader::expect_mapping(const YamlNode& node, const std::string& path, bool confidential) {
  if (node.kind == YamlNode::Kind::mapping || node.kind == YamlNode::Kind::null) return true;
  const bool is_scalar = node.kind == YamlNode::Kind::scalar;
  const std::string is = is_scalar ? '"' + escaped(node.text, 40) + '"' : "a list";
  mistake(node.place, path,
          "must be a mapping (\"key: value\")" + (confidential ? "" : ", is " + is));
  return false;
}

void FieldReader::read_group(const YamlNode& node, const std::string& path, const Fields& fields,
                             const std::string& prefix, Sink& sink) {
  if (!expect_mapping(node, path, is_confidential(fields, prefix))) {
    for (const size_t field : required_in(fields, prefix)) sink.on_broken(field);
    return;
  }
  for (const YamlEntry& entry : node.entries) {
    if (!is_ignored(entry.key)) read_entry(entry, path, fields, prefix, sink);
  }
  find_lacks(node, path, fields, prefix, sink);
}

void FieldReader::read_entry(const YamlEntry& entry, const std::string& path, const Fields& fields,
                             const std::string& prefix, Sink& sink) {
  const std::string name = prefix + entry.key;
  const std::string entry_path = (path.empty() ? "" : path + '.') + escaped(entry.key);
  const auto field = std::find_if(fields.begin(), fields.end(),
                                  [&](const FieldInfo* known) { return known->name == name; });
  const bool is_group = std::any_of(fields.begin(), fields.end(), [&](const FieldInfo* known) {
    return is_in_group(known->name, name);
  });
  const bool dotted = entry.key.find('.') != std::string::npos;  // no way to name a group's field
  if (dotted || (field == fields.end() && !is_group)) {
    return unknown_key(entry, path, fields, prefix);
  }
  const YamlNode& value = *entry.value;
  if (field == fields.end()) return read_group(value, entry_path, fields, name + '.', sink);
  const auto index = static_cast<size_t>(field - fields.begin());
  if ((*field)->phase > kPhase) {
    sink.on_broken(index);
    return mistake(entry.place, entry_path, "not available in this version yet");
  }
  const bool nothing = value.kind == YamlNode::Kind::null;
  if (is_group && value.kind != YamlNode::Kind::scalar && !nothing) {
    if (value.kind == YamlNode::Kind::mapping) sink.on_mapping(index, value.place);
    return read_group(value, entry_path, fields, name + '.', sink);
  }
  sink.on_value(index, nothing ? entry.place : value.place,
                [&] { return read(entry, entry_path, **field); });
}

void FieldReader::find_lacks(const YamlNode& node, const std::string& path, const Fields& fields,
                             const std::string& prefix, Sink& sink) {
  for (const size_t i : required_in(fields, prefix)) {
    const std::string_view key = fields[i]->name.substr(prefix.size());
    const bool there = std::any_of(node.entries.begin(), node.entries.end(),
                                   [&](const YamlEntry& entry) { return entry.key == key; });
    if (there) continue;
    mistake(node.place, path,
            "needs \"" + std::string(key) + "\", " + as_phrase(fields[i]->description));
    sink.on_broken(i);
  }
}

void FieldReader::unknown_key(const YamlEntry& entry, const std::string& path, const Fields& fields,
                              const std::string& prefix) {
  std::string message = "unknown key";
  const auto near = entry.key.size() <= kLongestLikelyKey
                        ? nearest_word(to_lower(entry.key), keys_of(fields, prefix))
                        : std::nullopt;
  const std::string guess = near ? ", did you mean \"" + std::string(*near) + "\"?" : "";
  if (is_confidential(fields, prefix)) {
    // {bearer:TOKEN}, without the space, is a key too.
    return mistake(entry.place, path, "unknown key (not shown, it may be a secret)" + guess);
  }
  const size_t dot = std::min(entry.key.find('.'), entry.key.size());
  const std::string group = prefix + entry.key.substr(0, dot);
  const bool is_of_group =
      std::any_of(fields.begin(), fields.end(),
                  [&](const FieldInfo* field) { return is_in_group(field->name, group); }) ||
      has_key(session_fields(), entry.key.substr(0, dot));
  if (dot < entry.key.size() && is_of_group) {
    message += ", a group is a mapping: \"" + escaped(entry.key.substr(0, dot)) + ": {" +
               escaped(entry.key.substr(dot + 1)) + ": ...}\"";
  } else if (has_key(session_fields(), entry.key)) {
    message += " here, it is a field of a session";
  } else if (has_key(top_fields(), entry.key)) {
    message += " here, it is a field of the top level";
  } else {
    message += guess;
  }
  mistake(entry.place, (path.empty() ? "" : path + '.') + escaped(entry.key), std::move(message));
}

}  // namespace trunkd
