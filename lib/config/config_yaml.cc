#include "config/config_yaml.h"

#include <algorithm>

#include "base/text.h"
#include "config/fields.h"
#include "config/proxy_syntax.h"
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

// A key is not looked through for variables.
std::string key_text(std::string_view key) {
  return is_plain(key) ? std::string(key) : in_quotes(key);
}

std::string interval_text(Duration interval) {
  return interval == Duration{} ? "off" : duration_text(interval);
}

std::string intervals_text(const std::vector<RateConfig::Interval>& intervals) {
  if (intervals.size() == 1 && intervals[0].method.empty() && intervals[0].interval != Duration{}) {
    return duration_text(intervals[0].interval);
  }
  std::string out;
  for (const RateConfig::Interval& interval : intervals) {
    out += (out.empty() ? "" : ", ") + (interval.method.empty() ? "\"*\"" : interval.method) +
           ": " + interval_text(interval.interval);
  }
  return '{' + out + '}';
}

std::string names_text(const std::vector<NameValue>& entries) {
  std::string out;
  for (const NameValue& entry : entries) {
    out += (out.empty() ? "" : ", ") + key_text(entry.name) + ": " + text_value(entry.value);
  }
  return '{' + out + '}';
}

template <typename Items, typename ToText>
std::string list_text(const Items& items, ToText to_text) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + to_text(item);
  return '[' + out + ']';
}

template <typename... Kinds>
struct Overloaded : Kinds... {
  using Kinds::operator()...;
};
template <typename... Kinds>
Overloaded(Kinds...) -> Overloaded<Kinds...>;

// Nothing is there: `off`, where a field can be it.
bool is_empty(const Value& value) {
  return std::visit(Overloaded{
                        [](std::monostate) { return true; },
                        [](bool) { return false; },
                        [](uint64_t number) { return number == 0; },
                        [](Duration duration) { return duration == Duration{}; },
                        [](const SecretRef& secret) { return secret == SecretRef(); },
                        [](const RateLimit& limit) { return limit.count == 0; },
                        [](const UpstreamProxyConfig& proxy) {
                          return proxy.kind == UpstreamProxyConfig::Kind::none;
                        },
                        [](const auto& several) { return several.empty(); },
                    },
                    value);
}

std::string flag_text(bool flag, const FieldInfo& field) {
  if (field.syntax == Syntax::choice) return text_value(field.words[flag ? 1 : 0]);
  if (field.syntax == Syntax::switched_off) return "off";
  return flag ? "true" : "false";
}

std::string number_text(uint64_t number, const FieldInfo& field) {
  if (field.syntax == Syntax::file_mode) return mode_text(number);
  if (field.syntax == Syntax::choice && field.can_be_off && number == 0) return "off";
  if (field.syntax == Syntax::choice) return text_value(field.words[number]);
  return std::to_string(number);
}

std::string texts_text(const std::vector<std::string>& texts, const FieldInfo& field) {
  const bool are_causes = field.syntax == Syntax::retry_causes;  // some are numbers
  return list_text(texts,
                   [&](const std::string& text) { return are_causes ? text : text_value(text); });
}

std::string addresses_text(const std::vector<FixedAddresses>& hosts) {
  std::string out;
  for (const FixedAddresses& host : hosts) {
    out += (out.empty() ? "" : ", ") + key_text(host.host) + ": " +
           list_text(host.addresses, text_value);
  }
  return '{' + out + '}';
}

std::string listeners_text(const std::vector<ListenAddress>& listeners) {
  return listeners.size() == 1 ? listener_text(listeners.front())
                               : list_text(listeners, listener_text);
}

}  // namespace

std::string field_text(const Value& value, const FieldInfo& field) {
  // Zeros of these say something.
  const bool is_number =
      std::holds_alternative<uint64_t>(value) || std::holds_alternative<Duration>(value);
  const bool is_coded = field.syntax == Syntax::choice || field.syntax == Syntax::file_mode;
  if (std::holds_alternative<std::monostate>(value)) return {};
  if (is_empty(value) && field.can_be_off && !is_coded) return "off";
  if (is_empty(value) && !is_number) return {};
  return std::visit(
      Overloaded{
          [](std::monostate) { return std::string(); },
          [&](bool flag) { return flag_text(flag, field); },
          [&](uint64_t number) { return number_text(number, field); },
          [](Duration duration) { return duration_text(duration); },
          [](const std::string& text) { return text_value(text); },
          [&](const std::vector<std::string>& texts) { return texts_text(texts, field); },
          [](const std::vector<HostPattern>& hosts) {
            return list_text(hosts,
                             [](const HostPattern& host) { return text_value(host.text()); });
          },
          [](const std::vector<ListenAddress>& listeners) { return listeners_text(listeners); },
          [](const std::vector<NameValue>& entries) { return names_text(entries); },
          [](const SecretRef& secret) { return text_value(secret.text()); },
          [](const RateLimit& limit) { return rate_text(limit); },
          [](const UpstreamProxyConfig& proxy) { return text_value(shown_url(proxy)); },
          [](const std::vector<RateConfig::Interval>& intervals) {
            return intervals_text(intervals);
          },
          [](const std::vector<FixedAddresses>& hosts) { return addresses_text(hosts); },
      },
      value);
}

namespace {

std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    parts.push_back(name.substr(0, dot));
    name.remove_prefix(dot + 1);
  }
  parts.push_back(name);
  return parts;
}

// Fields in the order of their table; those of a group stand together in it.
template <typename Draft>
void print_fields(std::string& out, FieldTable<Draft> table, const Draft& draft,
                  const std::string& indent) {
  std::vector<std::string_view> last;
  std::string_view short_form;  // the one that was printed last
  for (const ConfigField<Draft>& field : table) {
    if (field.get == nullptr) continue;
    if (!short_form.empty() && is_in_group(field.info.name, short_form)) continue;
    const std::string text = field_text(field.get(draft), field.info);
    if (text.empty()) continue;
    short_form = field.info.name;
    const std::vector<std::string_view> parts = parts_of(field.info.name);
    size_t depth = 0;  // of the groups that are open already
    while (depth + 1 < std::min(last.size(), parts.size()) && last[depth] == parts[depth]) ++depth;
    for (; depth < parts.size(); ++depth) {
      out.append(indent).append(2 * depth, ' ').append(parts[depth]);
      out.append(depth + 1 == parts.size() ? ": " + text : ":") += '\n';
    }
    last = parts;
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
