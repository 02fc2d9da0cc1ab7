#include "config/config_yaml.h"

#include <algorithm>

#include "base/text.h"
#include "config/fields.h"
#include "config/scalar_syntax.h"

namespace trunkd {
namespace {

// Text that YAML and the loader could take for nothing but itself needs no quotes.
bool is_plain(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_safe = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '_' || c == '-';
  };
  static constexpr std::string_view kWords[] = {"true", "false", "yes", "no", "on",
                                                "off",  "null",  "y",   "n"};
  const auto is_word = [&](std::string_view word) { return iequals(word, text); };
  return !text.empty() && (is_letter(text.front()) || text.front() == '/') &&
         std::all_of(text.begin(), text.end(), is_safe) &&
         std::none_of(std::begin(kWords), std::end(kWords), is_word);
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  append_json_escaped(out, text);
  return out + '"';
}

// With a dollar doubled, since the loader would take it for a variable.
std::string text_value(std::string_view text) {
  std::string doubled;
  for (const char c : text) doubled.append(c == '$' ? 2 : 1, c);
  if (is_plain(doubled)) return doubled;
  if (istarts_with(doubled, "http://") || istarts_with(doubled, "https://")) {
    const std::string_view rest = std::string_view(doubled).substr(doubled.find("://") + 3);
    const bool safe = std::all_of(rest.begin(), rest.end(), [](char c) {
      return c == ':' || is_plain(std::string("a") + c);
    });
    if (safe && !rest.empty() && rest.back() != ':') return doubled;
  }
  return in_quotes(doubled);
}

std::string mode_text(uint64_t mode) {
  std::string digits;
  for (int shift = 9; shift >= 0; shift -= 3) {
    digits += static_cast<char>('0' + ((mode >> shift) & 7));
  }
  return in_quotes(digits);
}

std::string listener_text(const ListenAddress& address) {
  const ListenAddress usual;
  const bool unix_socket = address.kind == ListenAddress::Kind::unix_socket;
  if (!unix_socket || (address.mode == usual.mode && address.group.empty())) {
    return address.kind == ListenAddress::Kind::loopback_port ? address.text()
                                                              : text_value(address.text());
  }
  return "{unix: " + text_value(address.path) + ", mode: " + mode_text(address.mode) +
         ", group: " + (address.group.empty() ? "off" : text_value(address.group)) + '}';
}

template <typename Items, typename ToText>
std::string list_text(const Items& items, ToText to_text) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + to_text(item);
  return '[' + out + ']';
}

bool is_empty(const Value& value) {
  if (const auto* number = std::get_if<uint64_t>(&value)) return *number == 0;
  if (const auto* text = std::get_if<std::string>(&value)) return text->empty();
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) return texts->empty();
  if (const auto* hosts = std::get_if<std::vector<HostPattern>>(&value)) return hosts->empty();
  if (const auto* all = std::get_if<std::vector<ListenAddress>>(&value)) return all->empty();
  return false;
}

}  // namespace

std::string field_text(const Value& value, const FieldInfo& field) {
  const bool lacks_value =
      is_empty(value) && field.syntax != Syntax::choice && field.syntax != Syntax::file_mode;
  if (lacks_value && field.can_be_off) return "off";
  if (const auto* flag = std::get_if<bool>(&value)) {
    if (field.syntax == Syntax::choice) return text_value(field.words[*flag ? 1 : 0]);
    return *flag ? "true" : "false";
  }
  if (const auto* number = std::get_if<uint64_t>(&value)) {
    if (field.syntax == Syntax::file_mode) return mode_text(*number);
    if (field.syntax == Syntax::choice) return text_value(field.words[*number]);
    return std::to_string(*number);
  }
  if (lacks_value) return {};
  if (const auto* duration = std::get_if<Duration>(&value)) return duration_text(*duration);
  if (const auto* text = std::get_if<std::string>(&value)) return text_value(*text);
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    return list_text(*texts, text_value);
  }
  if (const auto* hosts = std::get_if<std::vector<HostPattern>>(&value)) {
    return list_text(*hosts, [](const HostPattern& host) { return text_value(host.text()); });
  }
  const auto& listeners = std::get<std::vector<ListenAddress>>(value);
  return listeners.size() == 1 ? listener_text(listeners.front())
                               : list_text(listeners, listener_text);
}

namespace {

template <typename Draft>
void print_fields(std::string& out, FieldTable<Draft> table, const Draft& draft,
                  const std::string& indent) {
  std::string_view group;
  for (const Field<Draft>& field : table) {
    if (field.get == nullptr) continue;
    const std::string text = field_text(field.get(draft), field.info);
    if (text.empty()) continue;
    const size_t dot = field.info.name.find('.');
    const std::string_view its_group = field.info.name.substr(0, dot);
    const bool grouped = dot != std::string_view::npos;
    if (grouped && its_group != group) out.append(indent).append(its_group).append(":\n");
    group = its_group;
    const std::string_view key = grouped ? field.info.name.substr(dot + 1) : its_group;
    out.append(indent).append(grouped ? "  " : "").append(key).append(": ").append(text) += '\n';
  }
}

}  // namespace

std::string to_yaml(const Config& config) {
  std::string out;
  TopDraft top;
  top.config = config;
  print_fields(out, top_fields(), top, "");
  out += config.sessions.empty() ? "sessions: {}\n" : "sessions:\n";
  for (const SessionConfig& session : config.sessions) {
    out += "  " + text_value(session.name) + ":\n";
    print_fields(out, session_fields(), draft_of(session), "    ");
  }
  return out;
}

}  // namespace trunkd
