#include "config/variables.h"

#include <algorithm>
#include <utility>

namespace trunkd {

bool is_variable_name(std::string_view name) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), is_word);
}

namespace {

// `inside` is what stands between the braces.
Parsed<std::string> look_up(std::string_view inside, const Environment& environment) {
  const size_t separator = inside.find(":-");
  const std::string name(inside.substr(0, separator));
  if (!is_variable_name(name)) {
    return wrong("what stands in ${...} is not a variable: write ${NAME} or ${NAME:-default}");
  }
  const std::optional<std::string> value = environment(name);
  if (separator == std::string_view::npos) {
    if (!value) {
      return wrong("the variable " + name + " is not set (${" + name +
                   ":-default} gives it a default)");
    }
    return *value;
  }
  const std::string_view fallback = inside.substr(separator + 2);
  if (fallback.find('$') != std::string_view::npos) {
    return wrong("the default of " + name + " may not have a $ in it");
  }
  return value && !value->empty() ? *value : std::string(fallback);
}

}  // namespace

Parsed<Expanded> expand_variables(std::string_view text, const Environment& environment) {
  Expanded out;
  while (true) {
    const size_t dollar = text.find('$');
    out.text += text.substr(0, dollar);
    if (dollar == std::string_view::npos) return out;
    text.remove_prefix(dollar + 1);
    const char next = text.empty() ? ' ' : text.front();
    if (next == '$') {
      out.text += '$';
      text.remove_prefix(1);
      continue;
    }
    if (next != '{') return wrong("a dollar is written $$, and a variable ${NAME}");
    const size_t end = text.find('}');
    if (end == std::string_view::npos) return wrong("${ without a closing }");
    auto value = look_up(text.substr(1, end - 1), environment);
    if (!value) return wrong(std::move(value.error()));
    out.text += *value;
    out.changed = true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace trunkd
