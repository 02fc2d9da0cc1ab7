// The cookies that one or several sessions share: stored, found for a request, expired, limited
// (RFC 6265bis, 5.7 and 5.8). Knows no files: what changes is told to the caller.

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cookie/cookie.h"
#include "cookie/public_suffix.h"
#include "http/url.h"

namespace trunkd {

// What Chromium allows; the least that a browser must is 50 and 3000 (6.1). A domain here is the
// RFC's, the cookie's own domain: names below one that fill the jar meet the second limit.
struct CookieLimits {
  size_t per_domain = 180;
  size_t total = 3300;
};

class CookieJar {
 public:
  using Changes = std::vector<CookieChange>;

  // `suffixes` must outlive the jar.
  explicit CookieJar(const PublicSuffixes& suffixes, CookieLimits limits = {})
      : suffixes_(suffixes), limits_(limits) {}

  // A Set-Cookie line of an answer to `url`. What it did, in order; nothing if it was ignored. Also
  // tells of the cookies that went because their time was over or the jar was full.
  Changes store(std::string_view set_cookie, const Url& url, WallTime now);

  // A cookie of a file or an import, under the same rules. `created` and `last_access` are kept; a
  // `created` of zero or in the future is that of the cookie it replaces, or now. One that is
  // expired removes the cookie in its place.
  Changes put(Cookie cookie, WallTime now);

  // The cookies that go with a request, in the order of the Cookie field; notes that they were
  // used. Good until the next call on this jar. Makes no allocation once it has run a few times.
  const std::vector<const Cookie*>& select(const Url& url, WallTime now);

  // Removes the cookie in the same place, if there is one.
  std::optional<CookieChange> remove(const Cookie& place);
  Changes clear();

  size_t size() const { return size_; }
  // In the order of domains; the expired too, until the next store or put.
  template <typename Use>
  void for_each(Use use) const;

 private:
  using Group = std::vector<Cookie>;  // of one domain
  using Groups = std::map<std::string, Group, std::less<>>;

  void insert(Cookie cookie, WallTime now, Changes& changes);
  bool would_cover_secure_cookie(const Cookie& cookie, WallTime now) const;
  void remove_expired(WallTime now, Changes& changes);
  bool make_room_for(const Cookie& cookie, Changes& changes);
  Cookie take_least_used();
  Cookie* find(const Cookie& place);
  Cookie take(Groups::iterator group, Group::iterator cookie);
  WallTime next_creation(WallTime now);

  const PublicSuffixes& suffixes_;
  const CookieLimits limits_;
  Groups by_domain_;  // no group is empty
  size_t size_ = 0;
  WallTime next_expiry_ = WallTime::max();  // nothing expires before that
  WallTime newest_ = WallTime::min();       // the latest time of creation
  std::vector<const Cookie*> selected_;     // lent out by select()
};

// "a=1; b=2", the nameless as their value alone: the value of a Cookie field (5.8.3).
std::string cookie_header(const std::vector<const Cookie*>& cookies);

// ---

template <typename Use>
void CookieJar::for_each(Use use) const {
  for (const auto& [domain, group] : by_domain_) {
    for (const Cookie& cookie : group) use(cookie);
  }
}

}  // namespace trunkd
