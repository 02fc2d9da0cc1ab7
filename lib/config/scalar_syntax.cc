#include "config/scalar_syntax.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/listen_address.h"

namespace trunkd {
namespace {

struct Unit {
  std::string_view name;
  uint64_t milliseconds;
};

constexpr Unit kUnits[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};

template <typename Number>
std::optional<std::string> outside(Number value, Number min, Number max,
                                   std::string (*text)(Number)) {
  if (value < min) return "must be at least " + text(min) + ", is " + text(value);
  if (value > max) return "must be at most " + text(max) + ", is " + text(value);
  return std::nullopt;
}

std::string number_text(uint64_t number) { return std::to_string(number); }

Parsed<Value> parse_count(std::string_view text, bool quoted, const FieldInfo& field) {
  const auto number = parse_decimal(text);
  if (!number || quoted) {
    const bool digits = number && quoted;
    return wrong(must_be(digits ? "a number without quotes" : "a whole number", text));
  }
  if (auto problem = outside(*number, field.min, field.max, number_text)) {
    return wrong(std::move(*problem));
  }
  return *number;
}

Parsed<Value> parse_choice(std::string_view text, const FieldInfo& field) {
  const auto found = std::find(field.words.begin(), field.words.end(), text);
  if (found != field.words.end()) return static_cast<uint64_t>(found - field.words.begin());
  std::vector<std::string_view> choices(field.words.begin(), field.words.end());
  if (!field.mapping_form.empty()) choices.push_back(field.mapping_form);
  std::string words;
  for (const std::string_view word : choices) {
    if (!words.empty()) words += word == choices.back() ? " or " : ", ";
    words += word;
  }
  return wrong(must_be(words, text));
}

// "0600", "600" or "0o600", with or without quotes: nobody means decimal here.
Parsed<Value> parse_file_mode(std::string_view text) {
  std::string_view digits = text;
  if (digits.substr(0, 2) == "0o") digits.remove_prefix(2);
  if (digits.size() == 4 && digits.front() == '0') digits.remove_prefix(1);
  const bool octal = digits.size() == 3 && std::all_of(digits.begin(), digits.end(),
                                                       [](char c) { return c >= '0' && c <= '7'; });
  if (!octal) return wrong(must_be("a file mode such as \"0660\"", text));
  uint64_t mode = 0;
  for (const char digit : digits) mode = mode * 8 + static_cast<uint64_t>(digit - '0');
  return mode;
}

Parsed<Value> parse_path(std::string_view text, std::string_view what) {
  if (text.empty() || text.front() != '/') return wrong(must_be(what, text));
  return std::string(text);
}

Parsed<Value> parse_group_name(std::string_view text) {
  const auto is_name = [](char c) { return c > ' ' && c < 0x7f && c != ':' && c != '/'; };
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_name)) {
    return wrong(must_be("the name of a group", text));
  }
  return std::string(text);
}

constexpr uint64_t kMaxRate = 1'000'000;
constexpr size_t kMaxSessionName = 63;  // a label of a host name: NAME.localhost

}  // namespace

std::optional<bool> parse_boolean(std::string_view text, bool quoted) {
  static constexpr std::array<std::string_view, 3> kTrue = {"true", "on", "yes"};
  static constexpr std::array<std::string_view, 3> kFalse = {"false", "off", "no"};
  if (text.empty()) return std::nullopt;
  const std::string lower = to_lower(text);
  const std::string_view rest = text.substr(1);
  const bool capitalized = rest == std::string_view(lower).substr(1);
  const bool capitals =
      std::all_of(text.begin(), text.end(), [](char c) { return ascii_lower(c) != c; });
  if (!capitalized && !capitals) return std::nullopt;  // oN
  const size_t skipped = quoted ? 1 : 0;
  if (std::find(kTrue.begin() + skipped, kTrue.end(), lower) != kTrue.end()) return true;
  if (std::find(kFalse.begin() + skipped, kFalse.end(), lower) != kFalse.end()) return false;
  return std::nullopt;
}

Parsed<Duration> parse_duration(std::string_view text, const FieldInfo& field) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_decimal(text.substr(0, digits));
  const std::string_view name = text.substr(digits);
  if (number && name.empty()) {
    return wrong("needs a unit (" + std::string(text) + "ms, " + std::string(text) + "s, " +
                 std::string(text) + "m or " + std::string(text) + "h)");
  }
  const auto* unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                  [&](const Unit& known) { return known.name == name; });
  if (!number || unit == std::end(kUnits)) {
    return wrong(must_be("a duration such as 250ms, 5s, 2m or 1h", text));
  }
  const std::chrono::milliseconds min(field.min), max(field.max);
  if (*number > field.max / unit->milliseconds) {
    return wrong("must be at most " + duration_text(max) + ", is " + std::string(text));
  }
  const std::chrono::milliseconds duration(*number * unit->milliseconds);
  if (auto problem = outside<Duration>(duration, min, max, duration_text)) {
    return wrong(std::move(*problem));
  }
  return duration;
}

std::string duration_text(Duration duration) {
  const auto milliseconds = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
  const Unit* unit = std::begin(kUnits);
  for (const Unit& larger : kUnits) {
    if (milliseconds != 0 && milliseconds % larger.milliseconds == 0) unit = &larger;
  }
  if (milliseconds == 0) return "0s";
  return std::to_string(milliseconds / unit->milliseconds) + std::string(unit->name);
}

Parsed<RateLimit> parse_rate(std::string_view text) {
  const size_t slash = std::min(text.find('/'), text.size());
  const auto count = parse_decimal(text.substr(0, slash));
  const std::string_view name = text.substr(std::min(slash + 1, text.size()));
  const auto* unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                  [&](const Unit& known) { return known.name == name; });
  if (!count || unit == std::end(kUnits) || unit == std::begin(kUnits)) {
    return wrong(must_be("a rate such as 20/s, 100/m or 1000/h", text));
  }
  if (auto problem = outside<uint64_t>(*count, 1, kMaxRate, number_text)) {
    return wrong(std::move(*problem));
  }
  return RateLimit{*count, std::chrono::milliseconds(unit->milliseconds)};
}

std::string rate_text(const RateLimit& limit) {
  return std::to_string(limit.count) + '/' + duration_text(limit.per).substr(1);  // of "1s"
}

Parsed<std::string> parse_session_name(std::string_view text) {
  const auto is_name_char = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (!text.empty() && text.size() <= kMaxSessionName && text.front() != '-' &&
      text.back() != '-' && std::all_of(text.begin(), text.end(), is_name_char)) {
    return std::string(text);
  }
  return wrong("a session's name has small letters, digits and inner dashes, at most 63 in all");
}

Parsed<Value> parse_scalar(std::string_view text, bool quoted, const FieldInfo& field) {
  switch (field.syntax) {
    case Syntax::boolean:
      if (const auto value = parse_boolean(text, quoted)) return *value;
      return wrong(must_be("true or false", text));
    case Syntax::count:
      return parse_count(text, quoted, field);
    case Syntax::duration:
      return parse_duration(text, field);
    case Syntax::choice:
      return parse_choice(text, field);
    case Syntax::file_mode:
      return parse_file_mode(text);
    case Syntax::path:
      return parse_path(text, "an absolute path");
    case Syntax::access_log:
      if (text == "stderr") return std::string(text);
      return parse_path(text, "stderr, the absolute path of a file, or off");
    case Syntax::socket_path:
      return parse_socket_path(text);
    case Syntax::group_name:
      return parse_group_name(text);
    case Syntax::rate:
      return parse_rate(text);
    case Syntax::session_name:
      return parse_session_name(text);
    case Syntax::cookie_jar:
      if (auto name = parse_session_name(text)) return std::move(*name);
      return wrong("a jar's name has small letters, digits and inner dashes, at most 63 in all");
    case Syntax::switched_off:
      // The text may be a secret and is not quoted.
      return wrong("must be off or a mapping such as " + std::string(field.mapping_form));
    default:
      return wrong("is not a single value");
  }
}

}  // namespace trunkd
