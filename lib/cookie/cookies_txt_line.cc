#include "cookie/cookies_txt_line.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/text.h"
#include "cookie/cookies_txt.h"
#include "cookie/set_cookie.h"
#include "http/url.h"

namespace trunkd {
namespace {

constexpr size_t kFields = 7;

std::vector<std::string> split_at_tabs(std::string_view line) {
  std::vector<std::string> fields;
  size_t start = 0;
  while (fields.size() <= kFields) {
    const size_t tab = line.find('\t', start);
    fields.emplace_back(line.substr(start, tab - start));
    if (tab == std::string_view::npos) break;
    start = tab + 1;
  }
  return fields;
}

std::optional<int> hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = ascii_lower(c);
  if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
  return std::nullopt;
}

bool decode(std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto high = i + 2 < text.size() ? hex_value(text[i + 1]) : std::nullopt;
    const auto low = high ? hex_value(text[i + 2]) : std::nullopt;
    if (!low) return false;
    out += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  text = std::move(out);
  return true;
}

// What Set-Cookie cannot carry (RFC 6265bis, 5.6), and what would break the Cookie field apart.
bool has_forbidden(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f || c == ';';
  });
}

std::optional<bool> read_flag(std::string_view text) {
  if (iequals(text, "TRUE")) return true;
  if (iequals(text, "FALSE")) return false;
  return std::nullopt;
}

// wget puts the port behind the host; a cookie does not care (RFC 6265bis, 8.5).
std::optional<std::string> read_domain(std::string_view text) {
  if (!text.empty() && text.front() == '.') text.remove_prefix(1);
  if (auto host = normalize_host(text)) return std::move(*host);
  if (auto authority = parse_authority(text)) return std::move(authority->host);
  return std::nullopt;
}

// Seconds; browsers' exports may have a fraction, Python writes nothing for a session cookie.
bool read_expiry(std::string_view text, Cookie& cookie) {
  if (text.empty() || text == "0") return true;
  cookie.persistent = true;
  if (text.front() == '-') {
    cookie.expires = WallTime(1s);
    return parse_decimal(text.substr(1, text.find('.') - 1)).has_value();
  }
  const auto digits = text.substr(0, text.find('.'));
  if (digits.empty() ||
      !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return false;
  }
  const uint64_t seconds = std::min(parse_decimal(digits).value_or(kLastSecond), kLastSecond);
  cookie.expires = WallTime(std::chrono::seconds(seconds));
  return true;
}

// RFC 6265bis, 5.7, steps 20 to 22: such a name promises something, also to curl, and a value
// without a name must not look as if it did.
bool keeps_promise(const Cookie& cookie) {
  const std::string_view promise = cookie.name.empty() ? cookie.value : cookie.name;
  const bool of_host = istarts_with(promise, "__Host-");
  if (!of_host && !istarts_with(promise, "__Secure-")) return true;
  if (cookie.name.empty() || !cookie.secure) return false;
  return !of_host || (cookie.host_only && cookie.path == "/");
}

}  // namespace

std::optional<Cookie> read_cookies_txt_line(std::string_view line, bool encoded) {
  Cookie cookie;
  if (line.starts_with(kHttpOnlyPrefix)) {
    cookie.http_only = true;
    line.remove_prefix(kHttpOnlyPrefix.size());
  }
  std::vector<std::string> fields = split_at_tabs(line);
  // As curl reads it: the path may be left out, and so may an empty value at the end.
  if (fields.size() > 2 && (fields[2] == "TRUE" || fields[2] == "FALSE")) {
    fields.insert(fields.begin() + 2, "/");
  }
  if (fields.size() == kFields - 1) fields.emplace_back();
  if (fields.size() != kFields) return std::nullopt;
  if (encoded && !(decode(fields[2]) && decode(fields[5]) && decode(fields[6]))) {
    return std::nullopt;
  }

  auto domain = read_domain(fields[0]);
  const auto below = read_flag(fields[1]);
  const auto secure = read_flag(fields[3]);
  if (!domain || !below || !secure || !read_expiry(fields[4], cookie)) return std::nullopt;
  cookie.domain = std::move(*domain);
  cookie.host_only = !*below || is_ip_literal(cookie.domain);
  cookie.secure = *secure;
  cookie.path = fields[2].empty() ? "/" : std::move(fields[2]);
  cookie.name = encoded ? std::move(fields[5]) : std::string(trim(fields[5]));
  cookie.value = encoded ? std::move(fields[6]) : std::string(trim(fields[6]));
  if (cookie.path.front() != '/' || cookie.path.size() > kMaxCookieAttributeSize ||
      has_forbidden(cookie.path)) {
    return std::nullopt;
  }
  return cookie;
}

bool is_possible_cookie(const Cookie& cookie) {
  if (cookie.name.empty() && cookie.value.empty()) return false;
  if (cookie.name.size() + cookie.value.size() > kMaxCookieSize) return false;
  return !has_forbidden(cookie.name) && !has_forbidden(cookie.value) &&
         cookie.name.find('=') == std::string::npos && keeps_promise(cookie);
}

}  // namespace trunkd
