#include "cookie/set_cookie.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "cookie/cookie_date.h"
#include "http/characters.h"

namespace trunkd {
namespace {

// The text before the first `separator`, and the text behind it (nothing if there is none).
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) {
  const size_t at = text.find(separator);
  if (at == text.npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

// 5.6.2. Digits with or without a minus before them; other texts leave the attribute out.
void read_max_age(std::string_view text, SetCookie& out) {
  const bool negative = !text.empty() && text.front() == '-';
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return;
  if (negative) {
    out.max_age = std::chrono::seconds(0);
    return;
  }
  // Digits that overflow are more than the limit.
  const uint64_t limit = static_cast<uint64_t>(kMaxCookieAge.count());
  const uint64_t seconds = std::min(parse_decimal(digits).value_or(limit), limit);
  out.max_age = std::chrono::seconds(seconds);
}

// 5.6.3
void read_domain(std::string_view text, SetCookie& out) {
  if (text.size() > 1 && text.front() == '.') text.remove_prefix(1);
  out.domain = text;
}

// 5.6.7
void read_same_site(std::string_view text, SetCookie& out) {
  out.same_site = iequals(text, "none")     ? Cookie::SameSite::none
                  : iequals(text, "lax")    ? Cookie::SameSite::lax
                  : iequals(text, "strict") ? Cookie::SameSite::strict
                                            : Cookie::SameSite::unset;
}

void read_attribute(std::string_view name, std::string_view value, SetCookie& out) {
  if (iequals(name, "expires")) {
    if (const auto date = parse_cookie_date(value)) out.expires = date;
  } else if (iequals(name, "max-age")) {
    read_max_age(value, out);
  } else if (iequals(name, "domain")) {
    read_domain(value, out);
  } else if (iequals(name, "path")) {
    out.path = !value.empty() && value.front() == '/' ? value : std::string_view();
  } else if (iequals(name, "secure")) {
    out.secure = true;
  } else if (iequals(name, "httponly")) {
    out.http_only = true;
  } else if (iequals(name, "samesite")) {
    read_same_site(value, out);
  }
}

}  // namespace

bool has_cookie_controls(std::string_view text) {
  return !std::all_of(text.begin(), text.end(), is_text_char);
}

std::optional<SetCookie> parse_set_cookie(std::string_view line) {
  if (has_cookie_controls(line)) return std::nullopt;

  SetCookie out;
  auto [pair, attributes] = cut(line, ';');
  if (pair.find('=') == pair.npos) {
    out.value = trim(pair);
  } else {
    const auto [name, value] = cut(pair, '=');
    out.name = trim(name);
    out.value = trim(value);
  }
  const size_t size = out.name.size() + out.value.size();
  if (size == 0 || size > kMaxCookieSize) return std::nullopt;

  while (!attributes.empty()) {
    const auto [attribute, rest] = cut(attributes, ';');
    attributes = rest;
    const auto [name, value] = cut(attribute, '=');
    const std::string_view trimmed = trim(value);
    if (trimmed.size() <= kMaxCookieAttributeSize) read_attribute(trim(name), trimmed, out);
  }
  return out;
}

}  // namespace trunkd
