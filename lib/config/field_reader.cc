#include "config/field_reader.h"

#include <algorithm>

#include "base/text.h"
#include "config/host_syntax.h"
#include "config/listen_address.h"
#include "config/variables.h"

namespace trunkd {
namespace {

// Comparing with all known words costs the square of a word's length.
constexpr size_t kLongestLikelyKey = 64;

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// "queue.max" is one of the group "queue".
bool is_in_group(const FieldInfo& field, std::string_view group) {
  return starts_with(field.name, group) && field.name.substr(group.size(), 1) == ".";
}

template <typename Draft>
bool has_key(FieldTable<Draft> table, std::string_view key) {
  if (key.find('.') != std::string_view::npos) return false;
  return std::any_of(table.begin(), table.end(), [&](const Field<Draft>& field) {
    return field.info.name == key || is_in_group(field.info, key);
  });
}

// The keys that may stand in the mapping of the group `prefix` ("queue.", or "" for the whole).
std::vector<std::string_view> keys_of(const std::vector<const FieldInfo*>& fields,
                                      std::string_view prefix) {
  std::vector<std::string_view> keys;
  for (const FieldInfo* field : fields) {
    if (!starts_with(field->name, prefix)) continue;
    const std::string_view rest = field->name.substr(prefix.size());
    keys.push_back(rest.substr(0, rest.find('.')));
  }
  return keys;
}

bool is_control(char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }

Value off_value(Syntax syntax) {
  switch (syntax) {
    case Syntax::count:
      return uint64_t{0};
    case Syntax::listener:
    case Syntax::listeners:
      return std::vector<ListenAddress>{};
    case Syntax::hosts:
    case Syntax::web_origins:
    case Syntax::upgrade_tokens:
      return std::vector<std::string>{};
    default:
      return std::string{};
  }
}

Parsed<Value> parse_tcp_listener(std::string_view text) {
  auto address = parse_listen_address(text);
  if (!address) return wrong(std::move(address.error()));
  if (address->kind == ListenAddress::Kind::unix_socket) {
    return wrong(must_be("a port or HOST:PORT", text));
  }
  return address->text();
}

Parsed<Value> parse_value(std::string_view text, bool quoted, const FieldInfo& field) {
  switch (field.syntax) {
    case Syntax::base_url:
      return parse_base_url(text);
    case Syntax::url_path:
      return parse_url_path(text);
    case Syntax::host:
      return parse_host_name(text);
    case Syntax::tcp_listener:
      return parse_tcp_listener(text);
    default:
      return parse_scalar(text, quoted, field);
  }
}

}  // namespace

void FieldReader::mistake(const Place& place, const std::string& path, std::string message) {
  mistakes_.push_back(
      {std::string(place.file), place.line, place.column, path, std::move(message)});
}

bool FieldReader::expect_mapping(const YamlNode& node, const std::string& path) {
  const bool is_scalar = node.kind == YamlNode::Kind::scalar;
  if (node.kind == YamlNode::Kind::mapping || node.kind == YamlNode::Kind::null) return true;
  mistake(node.place, path,
          std::string("must be a mapping (\"key: value\"), is ") +
              (is_scalar ? '"' + escaped(node.text, 40) + '"' : "a list"));
  return false;
}

void FieldReader::read_group(const YamlNode& node, const std::string& path, const Fields& fields,
                             const std::string& prefix, const FoundField& found) {
  if (!expect_mapping(node, path)) return;
  for (const YamlEntry& entry : node.entries) {
    const std::string name = prefix + entry.key;
    const std::string entry_path = (path.empty() ? "" : path + '.') + escaped(entry.key);
    const bool dotted = entry.key.find('.') != std::string::npos;  // no way to name a group's field
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const FieldInfo* known) {
      return !dotted && (known->name == name || is_in_group(*known, name));
    });
    if (field == fields.end()) {
      unknown_key(entry, entry_path, fields, prefix);
    } else if ((*field)->name != name) {
      read_group(*entry.value, entry_path, fields, name + '.', found);
    } else if ((*field)->phase > kPhase) {
      mistake(entry.place, entry_path, "not available in this version yet");
    } else {
      const bool nothing = entry.value->kind == YamlNode::Kind::null;
      found(static_cast<size_t>(field - fields.begin()), nothing ? entry.place : entry.value->place,
            [&] { return read(entry, entry_path, **field); });
    }
  }
}

void FieldReader::unknown_key(const YamlEntry& entry, const std::string& path, const Fields& fields,
                              const std::string& prefix) {
  std::string message = "unknown key";
  const size_t dot = std::min(entry.key.find('.'), entry.key.size());
  if (dot < entry.key.size() && has_key(session_fields(), entry.key.substr(0, dot))) {
    message += ", a group is a mapping: \"" + escaped(entry.key.substr(0, dot)) + ": {" +
               escaped(entry.key.substr(dot + 1)) + ": ...}\"";
  } else if (has_key(session_fields(), entry.key)) {
    message += " here, it is a field of a session";
  } else if (has_key(top_fields(), entry.key)) {
    message += " here, it is a field of the top level";
  } else if (entry.key.size() <= kLongestLikelyKey) {
    const auto near = nearest_word(to_lower(entry.key), keys_of(fields, prefix));
    if (near) message += ", did you mean \"" + std::string(*near) + "\"?";
  }
  mistake(entry.place, path, std::move(message));
}

std::optional<Value> FieldReader::read(const YamlEntry& entry, const std::string& path,
                                       const FieldInfo& field) {
  const YamlNode& node = *entry.value;
  if (node.kind == YamlNode::Kind::null) {
    mistake(entry.place, path, "has no value; leave the line out for the default");
    return std::nullopt;
  }
  switch (field.syntax) {
    case Syntax::listener:
    case Syntax::listeners:
    case Syntax::hosts:
    case Syntax::host_patterns:
    case Syntax::web_origins:
    case Syntax::upgrade_tokens:
      return read_list(node, path, field);
    default:
      return read_scalar(node, path, field);
  }
}

template <typename T>
std::optional<T> FieldReader::noted(Parsed<T>&& parsed, const YamlNode& node,
                                    const std::string& path) {
  if (parsed) return std::move(*parsed);
  mistake(node.place, path, std::move(parsed.error()));
  return std::nullopt;
}

std::optional<FieldReader::Scalar> FieldReader::scalar(const YamlNode& node,
                                                       const std::string& path) {
  if (node.kind != YamlNode::Kind::scalar) {
    const bool is_list = node.kind == YamlNode::Kind::sequence;
    const bool is_mapping = node.kind == YamlNode::Kind::mapping;
    mistake(node.place, path,
            std::string("must be a single value, is ") + (is_list      ? "a list"
                                                          : is_mapping ? "a mapping"
                                                                       : "empty"));
    return std::nullopt;
  }
  auto expanded = noted(expand_variables(node.text, environment_), node, path);
  if (!expanded) return std::nullopt;
  if (std::any_of(expanded->text.begin(), expanded->text.end(), is_control)) {
    mistake(node.place, path, "has a control character in it");
    return std::nullopt;
  }
  return Scalar{std::move(expanded->text), node.quoted && !expanded->changed};
}

std::optional<Value> FieldReader::read_scalar(const YamlNode& node, const std::string& path,
                                              const FieldInfo& field) {
  const auto value = scalar(node, path);
  if (!value) return std::nullopt;
  if (field.can_be_off && parse_boolean(value->text, value->quoted) == false) {
    return off_value(field.syntax);
  }
  return noted(parse_value(value->text, value->quoted, field), node, path);
}

template <typename T>
std::optional<Value> FieldReader::read_items(const YamlNode& node, const std::string& path,
                                             const Parse<T>& parse) {
  std::vector<T> items;
  bool complete = true;
  for (size_t i = 0; i < node.items.size(); ++i) {
    const std::string item_path = path + '[' + std::to_string(i) + ']';
    const auto text = scalar(*node.items[i], item_path);
    auto item = text ? noted(parse(text->text), *node.items[i], item_path) : std::nullopt;
    complete = complete && item;
    if (item) items.push_back(std::move(*item));
  }
  if (!complete) return std::nullopt;
  return items;
}

std::optional<Value> FieldReader::read_list(const YamlNode& node, const std::string& path,
                                            const FieldInfo& field) {
  const bool is_listener = field.syntax == Syntax::listener || field.syntax == Syntax::listeners;
  if (node.kind == YamlNode::Kind::scalar) {
    const auto value = scalar(node, path);
    if (!value) return std::nullopt;
    if (field.can_be_off && parse_boolean(value->text, value->quoted) == false) {
      return off_value(field.syntax);
    }
    if (is_listener) {
      auto address = noted(parse_listen_address(value->text), node, path);
      if (!address) return std::nullopt;
      return std::vector{std::move(*address)};
    }
  }
  if (is_listener && node.kind == YamlNode::Kind::mapping) {
    auto address = read_listener(node, path);
    if (!address) return std::nullopt;
    return std::vector{std::move(*address)};
  }
  if (node.kind != YamlNode::Kind::sequence || field.syntax == Syntax::listener) {
    mistake(node.place, path, is_listener ? "must be one address" : "must be a list, as [a, b]");
    return std::nullopt;
  }
  if (field.syntax == Syntax::host_patterns && node.items.empty()) {
    mistake(node.place, path, "must name at least one host");
    return std::nullopt;
  }
  switch (field.syntax) {
    case Syntax::listeners:
      return read_listeners(node, path);
    case Syntax::hosts:
      return read_items<std::string>(node, path, parse_host_name);
    case Syntax::host_patterns:
      return read_items<HostPattern>(node, path, parse_host_pattern);
    case Syntax::web_origins:
      return read_items<std::string>(node, path, parse_web_origin);
    default:
      return read_items<std::string>(node, path, parse_upgrade_token);
  }
}

std::optional<Value> FieldReader::read_listeners(const YamlNode& node, const std::string& path) {
  std::vector<ListenAddress> addresses;
  for (size_t i = 0; i < node.items.size(); ++i) {
    auto address = read_listener(*node.items[i], path + '[' + std::to_string(i) + ']');
    if (address) addresses.push_back(std::move(*address));
  }
  if (addresses.size() < node.items.size()) return std::nullopt;
  return addresses;
}

std::optional<ListenAddress> FieldReader::read_listener(const YamlNode& node,
                                                        const std::string& path) {
  if (node.kind != YamlNode::Kind::mapping) {
    const auto value = scalar(node, path);
    if (!value) return std::nullopt;
    return noted(parse_listen_address(value->text), node, path);
  }
  SocketDraft draft;
  draft.address.kind = ListenAddress::Kind::unix_socket;
  read_fields(node, path, socket_fields(), draft);
  if (draft.places.count("unix") == 0 && draft.broken.count("unix") == 0) {
    mistake(node.place, path, "needs \"unix\", the path of the socket");
  }
  if (draft.places.count("unix") == 0) return std::nullopt;
  return std::move(draft.address);
}

}  // namespace trunkd
