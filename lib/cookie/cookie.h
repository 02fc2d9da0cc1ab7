// A stored cookie (RFC 6265bis, 5.7): what the jar keeps of a Set-Cookie line.

#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace trunkd {

struct Cookie {
  enum class SameSite : uint8_t { unset, none, lax, strict };

  std::string name;   // may be empty (a nameless cookie)
  std::string value;  // as received
  // As normalize_host makes it: lower case, A-labels, no leading dot, IPv6 without brackets.
  std::string domain;
  std::string path = "/";
  bool host_only = true;  // goes to `domain` itself, not to names below it
  bool secure = false;
  bool http_only = false;
  bool persistent = false;  // has an expiry; else a session cookie, which a jar of ours keeps too
  SameSite same_site = SameSite::unset;
  WallTime expires = WallTime::max();  // if persistent
  WallTime created{};                  // kept when the cookie is overwritten (5.7, step 23)
  WallTime last_access{};

  bool expired(WallTime now) const { return persistent && expires <= now; }
  // What tells the cookies of one jar apart.
  bool same_place(const Cookie& other) const {
    return name == other.name && domain == other.domain && host_only == other.host_only &&
           path == other.path;
  }
  bool operator==(const Cookie&) const = default;
};

// What happened to a jar: a cookie was stored (also over an older one in the same place), or is
// gone.
struct CookieChange {
  Cookie cookie;
  bool removed = false;
};

}  // namespace trunkd
