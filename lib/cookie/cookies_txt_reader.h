// Netscape cookies.txt, read: files of trunkd (cookies_txt.h), of curl, wget, Python and browsers.

#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cookie/cookie.h"

namespace trunkd {

// A fold over lines: a later line replaces an earlier one of the same cookie, and removes it if its
// expiry is past. What cannot be a cookie (a wrong number of fields, a host that is none, bytes or
// sizes that no Set-Cookie could bring, a prefix whose promise is not kept) is counted and skipped.
class CookiesTxtReader {
 public:
  static constexpr size_t kMaxLine = size_t{16} * 1024;  // bytes
  static constexpr size_t kMaxCookies = 10'000;  // of new ones beyond it a line is malformed

  // What has expired by `now` is gone; a cookie whose creation is not told was created now.
  explicit CookiesTxtReader(WallTime now) : now_(now) {}

  // Whole lines; several texts are one after another, and the last line needs no line break.
  void read(std::string_view text);
  void read_line(std::string_view line);  // without its LF

  // In the order of their first line.
  std::vector<Cookie> cookies() const { return {cookies_.begin(), cookies_.end()}; }
  size_t cookie_count() const { return cookies_.size(); }
  size_t records() const { return records_; }      // lines that said something about a cookie
  size_t malformed() const { return malformed_; }  // lines that were skipped
  size_t first_malformed() const { return first_malformed_; }  // its number, from 1; 0: none

 private:
  // From a #trunkd comment, about the next line.
  struct Facts {
    WallTime created{};
    Cookie::SameSite same_site = Cookie::SameSite::unset;
    bool for_others = false;
  };

  void read_comment(std::string_view text);
  bool read_record(std::string_view line, bool encoded, const Facts& facts);
  bool store(Cookie cookie, const Facts& facts);
  void skip_malformed();

  const WallTime now_;
  std::list<Cookie> cookies_;
  std::unordered_map<std::string, std::list<Cookie>::iterator> places_;
  Facts facts_;
  size_t lines_ = 0;
  size_t records_ = 0;
  size_t malformed_ = 0;
  size_t first_malformed_ = 0;
};

}  // namespace trunkd
