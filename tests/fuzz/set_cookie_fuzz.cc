// Set-Cookie lines from several servers into one small jar. Whatever they say, the limits hold, a
// cookie goes where it belongs and nowhere else, and what the jar tells of its changes is enough to
// make it again.
//
// Each line of the input is a step: a character that chooses the server and how much time has
// passed, then the Set-Cookie line.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "cookie/cookie_jar.h"
#include "cookie/cookie_match.h"
#include "cookie/set_cookie.h"
#include "http/url.h"

namespace trunkd {
namespace {

constexpr CookieLimits kLimits = {4, 10};

void check(bool holds) {
  if (!holds) std::abort();
}

const std::array<Url, 8>& urls() {
  static const std::array<Url, 8> all = {
      parse_url("http://a.example/").value(),
      parse_url("https://a.example/x/y").value(),
      parse_url("http://www.a.example/x/").value(),
      parse_url("https://www.a.example:8443/x/y?z").value(),
      parse_url("https://shop.co.uk/x").value(),
      parse_url("http://localhost:8080/x/y/z").value(),
      parse_url("https://127.0.0.1/").value(),
      parse_url("http://[::1]/x").value(),
  };
  return all;
}

// What a reader of the jar's changes knows: place and value.
class Follower {
 public:
  void follow(const CookieJar::Changes& changes) {
    for (const CookieChange& change : changes) {
      const Cookie& c = change.cookie;
      const Place place{c.domain, c.name, c.path, c.host_only};
      if (change.removed) {
        check(known_.erase(place) == 1);
      } else {
        known_[place] = c;
      }
    }
  }

  void check_same(const CookieJar& jar) const {
    check(jar.size() == known_.size());
    jar.for_each([this](const Cookie& c) {
      const auto found = known_.find({c.domain, c.name, c.path, c.host_only});
      check(found != known_.end() && found->second.value == c.value);
      check(found->second.created == c.created && found->second.expires == c.expires);
    });
  }

 private:
  using Place = std::tuple<std::string, std::string, std::string, bool>;
  std::map<Place, Cookie> known_;
};

void check_limits(const CookieJar& jar) {
  std::map<std::string, size_t> of_domain;
  jar.for_each([&](const Cookie& c) {
    check(++of_domain[c.domain] <= kLimits.per_domain);
    const size_t size = c.name.size() + c.value.size();
    check(size > 0 && size <= kMaxCookieSize && c.path.starts_with('/'));
    check(normalize_host(c.domain) == c.domain);
  });
  check(jar.size() <= kLimits.total);
}

void check_selection(CookieJar& jar, const Url& url, WallTime now) {
  const Cookie* previous = nullptr;
  for (const Cookie* c : jar.select(url, now)) {
    check(c->host_only ? c->domain == url.origin.host : domain_matches(url.origin.host, c->domain));
    check(path_matches(url.path, c->path) && (!c->secure || url.origin.secure()));
    check(!c->expired(now) && c->last_access == now);
    if (previous) {
      check(previous->path.size() > c->path.size() ||
            (previous->path.size() == c->path.size() && previous->created < c->created));
    }
    previous = c;
  }
  check(!has_cookie_controls(cookie_header(jar.select(url, now))));
}

// The parts of a line are parts of it, within their limits.
void check_parts(std::string_view line) {
  const auto set = parse_set_cookie(line);
  if (!set) return;
  check(set->name.find('=') == set->name.npos && set->value.find(';') == set->value.npos);
  check(set->domain.size() <= kMaxCookieAttributeSize);
  check(set->path.empty() ||
        (set->path.front() == '/' && set->path.size() <= kMaxCookieAttributeSize));
  check(!set->max_age || (set->max_age->count() >= 0 && *set->max_age <= kMaxCookieAge));
}

void run(std::string_view input) {
  static const PublicSuffixes suffixes;
  CookieJar jar(suffixes, kLimits), copy(suffixes, kLimits);
  Follower follower;
  WallTime now = WallTime(1'700'000'000s);
  while (!input.empty()) {
    const size_t end = std::min(input.find('\n'), input.size());
    const std::string_view step = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    if (step.empty()) continue;
    const auto choice = static_cast<unsigned char>(step.front());
    now += std::chrono::seconds(choice / 8);
    const std::string_view line = step.substr(1);
    check_parts(line);

    const CookieJar::Changes changes = jar.store(line, urls()[choice % 8], now);
    follower.follow(changes);
    follower.check_same(jar);
    check_limits(jar);
    for (const Url& url : urls()) check_selection(jar, url, now);

    for (const CookieChange& change : changes) {
      if (change.removed) {
        copy.remove(change.cookie);
      } else {
        check(copy.put(change.cookie, now).size() == 1);
      }
    }
    follower.check_same(copy);
  }
  follower.follow(jar.clear());
  follower.check_same(jar);
}

}  // namespace
}  // namespace trunkd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  trunkd::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
