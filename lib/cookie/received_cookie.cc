#include "cookie/received_cookie.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "cookie/cookie_match.h"

namespace trunkd {
namespace {

// Domain=example.com from www.example.com. A public suffix may keep a cookie for itself (step 9),
// and a cookie of an address is for it alone: nothing is below it.
bool take_domain(std::string_view attribute, const std::string& host,
                 const PublicSuffixes& suffixes, Cookie& cookie) {
  cookie.host_only = true;
  cookie.domain = host;
  if (attribute.empty()) return true;

  // U-labels are refused (step 8), and "example.com." is another name than ours, which have no dot.
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (!std::all_of(attribute.begin(), attribute.end(), is_ascii)) return false;
  if (attribute.back() == '.') return false;
  auto domain = normalize_host(attribute);
  if (!domain || !domain_matches(host, *domain)) return false;
  if (suffixes.contains(*domain)) return *domain == host;

  cookie.host_only = is_ip_literal(host);
  cookie.domain = std::move(*domain);
  return true;
}

void take_expiry(const SetCookie& set, WallTime now, Cookie& cookie) {
  cookie.persistent = set.max_age || set.expires;
  if (set.max_age) {
    cookie.expires = set.max_age->count() > 0 ? now + *set.max_age : WallTime();
  } else if (set.expires) {
    cookie.expires = std::min(*set.expires, now + kMaxCookieAge);
  }
}

// Steps 20 to 22, without case. A nameless cookie is sent as its value, so a server would take
// "__Host-a=b" for a name.
bool keeps_promise_of_prefix(const Cookie& cookie, std::string_view path_attribute) {
  const std::string_view text = cookie.name.empty() ? cookie.value : cookie.name;
  const bool for_host = istarts_with(text, "__Host-");
  if (!for_host && !istarts_with(text, "__Secure-")) return true;
  if (cookie.name.empty() || !cookie.secure) return false;
  return !for_host || (cookie.host_only && path_attribute == "/");
}

bool keeps_promise_of_same_site(const Cookie& cookie) {
  return cookie.same_site != Cookie::SameSite::none || cookie.secure;
}

bool has_any(std::string_view text, std::string_view chars) {
  return has_cookie_controls(text) || text.find_first_of(chars) != text.npos;
}

bool well_formed(const Cookie& cookie) {
  const size_t size = cookie.name.size() + cookie.value.size();
  return size > 0 && size <= kMaxCookieSize && !has_any(cookie.name, "=;") &&
         !has_any(cookie.value, ";") && !has_any(cookie.path, "") && cookie.path.starts_with('/') &&
         normalize_host(cookie.domain) == cookie.domain;
}

}  // namespace

std::optional<Cookie> receive_cookie(const SetCookie& set, const Url& url, WallTime now,
                                     const PublicSuffixes& suffixes) {
  if (set.secure && !url.origin.secure()) return std::nullopt;
  Cookie cookie;
  if (!take_domain(set.domain, url.origin.host, suffixes, cookie)) return std::nullopt;
  cookie.name = set.name;
  cookie.value = set.value;
  cookie.path = set.path.empty() ? default_path(url.path) : set.path;
  cookie.secure = set.secure;
  cookie.http_only = set.http_only;
  cookie.same_site = set.same_site;
  cookie.last_access = now;
  take_expiry(set, now, cookie);
  if (!keeps_promise_of_prefix(cookie, set.path)) return std::nullopt;
  if (!keeps_promise_of_same_site(cookie)) return std::nullopt;
  return cookie;
}

std::optional<Cookie> adopt_cookie(Cookie cookie, WallTime now, const PublicSuffixes& suffixes) {
  if (!well_formed(cookie)) return std::nullopt;
  if (is_ip_literal(cookie.domain)) cookie.host_only = true;
  if (!cookie.host_only && suffixes.contains(cookie.domain)) return std::nullopt;
  if (!keeps_promise_of_prefix(cookie, cookie.path)) return std::nullopt;
  if (!keeps_promise_of_same_site(cookie)) return std::nullopt;
  cookie.expires =
      cookie.persistent ? std::min(cookie.expires, now + kMaxCookieAge) : WallTime::max();
  return cookie;
}

}  // namespace trunkd
