// One Set-Cookie line, taken to its parts as browsers do it (RFC 6265bis, 5.6).

#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "cookie/cookie.h"

namespace trunkd {

constexpr size_t kMaxCookieSize = 4096;           // name and value together
constexpr size_t kMaxCookieAttributeSize = 1024;  // the value of one attribute
// The longest time that a cookie is kept without being set anew (5.5).
constexpr std::chrono::seconds kMaxCookieAge = std::chrono::days(400);

// The texts are parts of the line. Of attributes that come twice, it is the last one.
struct SetCookie {
  std::string_view name;  // may be empty, but not together with the value
  std::string_view value;
  // As written, but for one leading dot; empty: the host alone. A mere dot stays one, and no host
  // matches it: all browsers refuse such a cookie.
  std::string_view domain;
  std::string_view path;  // starts with '/', or is empty: the default path
  std::optional<std::chrono::seconds>
      max_age;  // 0 (expire now) to kMaxCookieAge; wins over expires
  std::optional<WallTime> expires;
  bool secure = false;
  bool http_only = false;
  Cookie::SameSite same_site = Cookie::SameSite::unset;
};

// None if the whole line must be ignored: control characters, neither name nor value, too long.
std::optional<SetCookie> parse_set_cookie(std::string_view line);

// Control characters but for the tab, which counts as white space: no part of a cookie has them.
bool has_cookie_controls(std::string_view text);

}  // namespace trunkd
