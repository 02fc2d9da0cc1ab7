// The part of FieldReader that reads one value, by the syntax of its field.

#include <algorithm>

#include "base/text.h"
#include "config/field_reader.h"
#include "config/host_syntax.h"
#include "config/listen_address.h"
#include "config/proxy_syntax.h"
#include "config/request_syntax.h"
#include "config/secret_syntax.h"
#include "config/variables.h"

namespace trunkd {
namespace {

bool is_control(char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }

Value off_value(Syntax syntax) {
  switch (syntax) {
    case Syntax::count:
    case Syntax::choice:  // then off is its first word
      return uint64_t{0};
    case Syntax::duration:
      return Duration{};
    case Syntax::switched_off:
      return false;
    case Syntax::parameters:
    case Syntax::header_fields:
      return std::monostate();
    case Syntax::rate:
      return RateLimit();
    case Syntax::intervals:
      return std::vector<RateConfig::Interval>{};
    case Syntax::listener:
    case Syntax::listeners:
      return std::vector<ListenAddress>{};
    case Syntax::hosts:
    case Syntax::web_origins:
    case Syntax::upgrade_tokens:
    case Syntax::field_names:
    case Syntax::retry_causes:
    case Syntax::private_hosts:
    case Syntax::direct_hosts:
      return std::vector<std::string>{};
    case Syntax::proxy_url:
      return UpstreamProxyConfig{};
    case Syntax::fixed_addresses:
      return std::vector<FixedAddresses>{};
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
    case Syntax::secret:
      return parse_secret(text);
    case Syntax::field_name:
      return parse_field_name(text);
    case Syntax::parameter_name:
      return parse_parameter_name(text);
    case Syntax::user_name:
      return parse_user_name(text);
    case Syntax::proxy_url:
      return parse_proxy_url(text);
    case Syntax::bare_proxy_url:
      return parse_bare_proxy_url(text);
    default:
      return parse_scalar(text, quoted, field);
  }
}

}  // namespace

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
    case Syntax::field_names:
    case Syntax::retry_causes:
    case Syntax::credential_hosts:
    case Syntax::private_hosts:
    case Syntax::direct_hosts:
      return read_list(node, path, field);
    case Syntax::fixed_addresses:
      return read_addresses(node, path);
    case Syntax::parameters:
    case Syntax::header_fields:
      return read_names(node, path, field);
    case Syntax::intervals:
      return read_intervals(node, path, field);
    default:
      return read_scalar(node, path, field);
  }
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
  const bool is_secret = field.syntax == Syntax::secret && node.kind == YamlNode::Kind::scalar;
  if (is_secret && !looks_like_reference(node.text)) {
    return noted<Value>(parse_secret(""), node, path);  // not even to look for variables in it
  }
  const auto value = scalar(node, path);
  if (!value) return std::nullopt;
  if (field.can_be_off && parse_boolean(value->text, value->quoted) == false) {
    return off_value(field.syntax);
  }
  return noted(parse_value(value->text, value->quoted, field), node, path);
}

std::optional<Value> FieldReader::read_set(const YamlNode& node, const std::string& path,
                                           const Parse<std::string>& parse) {
  auto value = read_items<std::string>(node, path, parse);
  if (!value) return std::nullopt;
  const auto& items = std::get<std::vector<std::string>>(*value);
  for (size_t i = 0; i < items.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!iequals(items[i], items[j])) continue;
      mistake(node.items[i]->place, path + '[' + std::to_string(i) + ']',
              "is the same as " + path + '[' + std::to_string(j) + ']');
      return std::nullopt;
    }
  }
  return value;
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
    if (field.syntax == Syntax::private_hosts &&
        parse_boolean(value->text, value->quoted) == true) {
      return true;
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
  const bool is_hosts =
      field.syntax == Syntax::host_patterns || field.syntax == Syntax::credential_hosts;
  if (is_hosts && node.items.empty()) {
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
    case Syntax::credential_hosts:
      return read_items<HostPattern>(node, path, parse_credential_host);
    case Syntax::web_origins:
      return read_items<std::string>(node, path, parse_web_origin);
    case Syntax::field_names:
      return read_set(node, path, parse_field_name);
    case Syntax::retry_causes:
      return read_set(node, path, parse_retry_cause);
    case Syntax::private_hosts:
      return read_set(node, path, parse_private_host);
    case Syntax::direct_hosts:
      return read_set(node, path, parse_direct_host);
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
  if (draft.places.count("unix") == 0) return std::nullopt;
  return std::move(draft.address);
}

}  // namespace trunkd
