#include "cookie/cookies_txt_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "cookie/cookies_txt.h"
#include "cookie/cookies_txt_line.h"

namespace trunkd {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string place_of(const Cookie& cookie) {
  std::string place = cookie.domain;
  place += cookie.host_only ? '\n' : '.';
  place.append(cookie.path).append(1, '\n').append(cookie.name);  // neither has a line break
  return place;
}

// "1767225600.250000"
std::optional<WallTime> read_moment(std::string_view text) {
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos || text.size() - dot != 7) return std::nullopt;
  const auto seconds = parse_decimal(text.substr(0, dot));
  const auto micros = parse_decimal(text.substr(dot + 1));
  if (!seconds || !micros || *seconds >= kLastSecond) return std::nullopt;
  return WallTime(std::chrono::seconds(*seconds) + Duration(*micros));
}

Cookie::SameSite read_same_site(std::string_view word) {
  if (word == "none") return Cookie::SameSite::none;
  if (word == "lax") return Cookie::SameSite::lax;
  if (word == "strict") return Cookie::SameSite::strict;
  return Cookie::SameSite::unset;
}

}  // namespace

void CookiesTxtReader::read(std::string_view text) {
  if (lines_ == 0 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    read_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void CookiesTxtReader::read_line(std::string_view line) {
  ++lines_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() > kMaxLine) return skip_malformed();
  if (line.starts_with(kTrunkdComment)) {
    return read_comment(line.substr(kTrunkdComment.size()));
  }
  const Facts facts = std::exchange(facts_, {});  // of this line or of none
  if (trim(line).empty() || (line.front() == '#' && !line.starts_with(kHttpOnlyPrefix))) return;
  if (!read_record(line, false, facts)) skip_malformed();
}

void CookiesTxtReader::read_comment(std::string_view text) {
  if (text.starts_with(kEncodedLine)) {
    const Facts facts = std::exchange(facts_, {});
    if (!read_record(text.substr(kEncodedLine.size()), true, facts)) skip_malformed();
    return;
  }
  facts_ = {};
  if (text == kOthersOnly) facts_.for_others = true;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view fact = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (fact.starts_with(kCreated)) {
      facts_.created = read_moment(fact.substr(kCreated.size())).value_or(WallTime{});
    } else if (fact.starts_with(kSameSite)) {
      facts_.same_site = read_same_site(fact.substr(kSameSite.size()));
    }
  }
}

bool CookiesTxtReader::read_record(std::string_view line, bool encoded, const Facts& facts) {
  auto cookie = read_cookies_txt_line(line, encoded);
  if (!cookie) return false;
  if (!facts.for_others && !store(std::move(*cookie), facts)) return false;
  ++records_;
  return true;
}

bool CookiesTxtReader::store(Cookie cookie, const Facts& facts) {
  std::string place = place_of(cookie);
  const auto known = places_.find(place);
  if (cookie.expired(now_)) {
    if (known == places_.end()) return true;
    cookies_.erase(known->second);
    places_.erase(known);
    return true;
  }
  if (!is_possible_cookie(cookie)) return false;
  cookie.same_site = facts.same_site;
  cookie.created = facts.created;
  if (known != places_.end()) {
    // The time of creation outlives a new value (RFC 6265bis, 5.7, step 23).
    if (cookie.created == WallTime{}) cookie.created = known->second->created;
    cookie.last_access = cookie.created;
    *known->second = std::move(cookie);
    return true;
  }
  if (cookies_.size() >= kMaxCookies) return false;
  if (cookie.created == WallTime{}) cookie.created = now_;
  cookie.last_access = cookie.created;
  places_.emplace(std::move(place), cookies_.insert(cookies_.end(), std::move(cookie)));
  return true;
}

void CookiesTxtReader::skip_malformed() {
  ++malformed_;
  if (first_malformed_ == 0) first_malformed_ = lines_;
}

}  // namespace trunkd
