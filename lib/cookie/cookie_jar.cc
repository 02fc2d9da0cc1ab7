#include "cookie/cookie_jar.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "cookie/cookie_match.h"
#include "cookie/received_cookie.h"
#include "cookie/set_cookie.h"

namespace trunkd {
namespace {

bool used_earlier(const Cookie& a, const Cookie& b) {
  return std::tie(a.last_access, a.created) < std::tie(b.last_access, b.created);
}

// Of a domain with too many cookies those go first that are not secure (5.7).
bool evicted_earlier_in_domain(const Cookie& a, const Cookie& b) {
  return a.secure != b.secure ? b.secure : used_earlier(a, b);
}

// 5.8.3, step 4
bool sent_earlier(const Cookie* a, const Cookie* b) {
  if (a->path.size() != b->path.size()) return a->path.size() > b->path.size();
  return a->created < b->created;
}

bool goes_to(const Cookie& cookie, const Url& url, bool host_is_domain, WallTime now) {
  return (host_is_domain || !cookie.host_only) && (!cookie.secure || url.origin.secure()) &&
         path_matches(url.path, cookie.path) && !cookie.expired(now);
}

}  // namespace

CookieJar::Changes CookieJar::store(std::string_view set_cookie, const Url& url, WallTime now) {
  Changes changes;
  remove_expired(now, changes);
  const auto set = parse_set_cookie(set_cookie);
  if (!set) return changes;
  auto cookie = receive_cookie(*set, url, now, suffixes_);
  if (!cookie) return changes;
  if (!url.origin.secure() && would_cover_secure_cookie(*cookie, now)) return changes;
  insert(std::move(*cookie), now, changes);
  return changes;
}

CookieJar::Changes CookieJar::put(Cookie cookie, WallTime now) {
  Changes changes;
  remove_expired(now, changes);
  auto adopted = adopt_cookie(std::move(cookie), now, suffixes_);
  if (adopted) insert(std::move(*adopted), now, changes);
  return changes;
}

const std::vector<const Cookie*>& CookieJar::select(const Url& url, WallTime now) {
  selected_.clear();
  const std::string_view host = url.origin.host;
  const bool has_parents = !is_ip_literal(host);
  for (std::string_view domain = host; !domain.empty();) {
    if (const auto found = by_domain_.find(domain); found != by_domain_.end()) {
      for (Cookie& cookie : found->second) {
        if (!goes_to(cookie, url, domain.size() == host.size(), now)) continue;
        cookie.last_access = now;
        selected_.push_back(&cookie);
      }
    }
    const size_t dot = has_parents ? domain.find('.') : domain.npos;
    domain = dot == domain.npos ? std::string_view() : domain.substr(dot + 1);
  }
  std::sort(selected_.begin(), selected_.end(), sent_earlier);
  return selected_;
}

std::optional<CookieChange> CookieJar::remove(const Cookie& place) {
  const Cookie* const found = find(place);
  if (!found) return std::nullopt;
  const auto group = by_domain_.find(found->domain);
  return CookieChange{take(group, group->second.begin() + (found - group->second.data())), true};
}

CookieJar::Changes CookieJar::clear() {
  Changes changes;
  changes.reserve(size_);
  for (auto& [domain, group] : by_domain_) {
    for (Cookie& cookie : group) changes.push_back({std::move(cookie), true});
  }
  by_domain_.clear();
  size_ = 0;
  next_expiry_ = WallTime::max();
  return changes;
}

// Steps 23 and 24. The time of creation decides about the order of sending, so it stays when a
// cookie is renewed, and no two cookies that servers set have the same.
void CookieJar::insert(Cookie cookie, WallTime now, Changes& changes) {
  if (cookie.expired(now)) {
    if (auto change = remove(cookie)) changes.push_back(std::move(*change));
    return;
  }
  Cookie* const old = find(cookie);
  if (!old && !make_room_for(cookie, changes)) return;

  const bool has_created = cookie.created != WallTime() && cookie.created <= now;
  if (!has_created) cookie.created = old ? old->created : next_creation(now);
  newest_ = std::max(newest_, cookie.created);
  cookie.last_access = std::max(cookie.last_access, cookie.created);
  next_expiry_ = std::min(next_expiry_, cookie.expires);
  changes.push_back({cookie, false});
  if (old) {
    *old = std::move(cookie);
  } else {
    Group& group = by_domain_[cookie.domain];
    group.push_back(std::move(cookie));
    ++size_;
  }
}

// Step 16: what comes over a plain connection must not hide a secure cookie of that name from the
// server, neither from the same domain nor from one above or below.
bool CookieJar::would_cover_secure_cookie(const Cookie& cookie, WallTime now) const {
  for (const auto& [domain, group] : by_domain_) {
    if (!domain_matches(domain, cookie.domain) && !domain_matches(cookie.domain, domain)) continue;
    for (const Cookie& other : group) {
      if (other.secure && other.name == cookie.name && !other.expired(now) &&
          path_matches(cookie.path, other.path)) {
        return true;
      }
    }
  }
  return false;
}

void CookieJar::remove_expired(WallTime now, Changes& changes) {
  if (now < next_expiry_) return;
  next_expiry_ = WallTime::max();
  for (auto group = by_domain_.begin(); group != by_domain_.end();) {
    Group& cookies = group->second;
    for (const Cookie& cookie : cookies) {
      if (cookie.expired(now)) {
        changes.push_back({cookie, true});
      } else {
        next_expiry_ = std::min(next_expiry_, cookie.expires);
      }
    }
    size_ -= std::erase_if(cookies, [&](const Cookie& cookie) { return cookie.expired(now); });
    group = cookies.empty() ? by_domain_.erase(group) : std::next(group);
  }
}

// Removes before the new cookie comes, so that changes which are put into another jar in this order
// never make it overflow and choose for itself. False: the new cookie is the one to go. The expired
// are gone already.
bool CookieJar::make_room_for(const Cookie& cookie, Changes& changes) {
  const auto own = by_domain_.find(cookie.domain);
  if (own != by_domain_.end() && own->second.size() >= limits_.per_domain) {
    const auto first =
        std::min_element(own->second.begin(), own->second.end(), evicted_earlier_in_domain);
    if (first->secure && !cookie.secure) return false;
    changes.push_back({take(own, first), true});
  } else if (size_ >= limits_.total) {
    changes.push_back({take_least_used(), true});
  }
  return true;
}

Cookie CookieJar::take_least_used() {
  const auto least = [](Group& group) {
    return std::min_element(group.begin(), group.end(), used_earlier);
  };
  auto chosen = by_domain_.begin();
  for (auto group = std::next(chosen); group != by_domain_.end(); ++group) {
    if (used_earlier(*least(group->second), *least(chosen->second))) chosen = group;
  }
  return take(chosen, least(chosen->second));
}

Cookie* CookieJar::find(const Cookie& place) {
  const auto group = by_domain_.find(place.domain);
  if (group == by_domain_.end()) return nullptr;
  for (Cookie& cookie : group->second) {
    if (cookie.same_place(place)) return &cookie;
  }
  return nullptr;
}

Cookie CookieJar::take(Groups::iterator group, Group::iterator cookie) {
  Cookie taken = std::move(*cookie);
  group->second.erase(cookie);
  if (group->second.empty()) by_domain_.erase(group);
  --size_;
  return taken;
}

// Lines of one answer come at the same moment, and a clock may be set back.
WallTime CookieJar::next_creation(WallTime now) { return std::max(now, newest_ + Duration(1)); }

std::string cookie_header(const std::vector<const Cookie*>& cookies) {
  size_t size = 0;
  for (const Cookie* cookie : cookies) size += cookie->name.size() + cookie->value.size() + 3;
  std::string text;
  text.reserve(size);
  for (const Cookie* cookie : cookies) {
    if (!text.empty()) text += "; ";
    if (!cookie->name.empty()) (text += cookie->name) += '=';
    text += cookie->value;
  }
  return text;
}

}  // namespace trunkd
