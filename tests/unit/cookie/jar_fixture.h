// A jar with a clock of its own, filled by Set-Cookie lines and looked at through Cookie fields.

#pragma once

#include <gtest/gtest.h>
#include <initializer_list>
#include <string>
#include <string_view>

#include "cookie/cookie_jar.h"

namespace trunkd {

class JarTest : public testing::Test {
 protected:
  static Url url(std::string_view text) { return parse_url(text).value(); }

  CookieJar::Changes set(std::string_view from, std::string_view line) {
    return jar_.store(line, url(from), now_);
  }
  void set_all(std::string_view from, std::initializer_list<std::string_view> lines) {
    for (const std::string_view line : lines) set(from, line);
  }
  std::string sent(std::string_view to) { return cookie_header(jar_.select(url(to), now_)); }

  // What is sent to `to` after `from` alone has set these.
  std::string sent_after(std::string_view from, std::initializer_list<std::string_view> lines,
                         std::string_view to) {
    jar_.clear();
    set_all(from, lines);
    return sent(to);
  }

  // "+name=value" for what was stored, "-name=value" for what is gone.
  static std::string told(const CookieJar::Changes& changes) {
    std::string text;
    for (const CookieChange& change : changes) {
      if (!text.empty()) text += ' ';
      text += (change.removed ? '-' : '+') + change.cookie.name + '=' + change.cookie.value;
    }
    return text;
  }

  Cookie only() const {
    Cookie found;
    jar_.for_each([&](const Cookie& cookie) { found = cookie; });
    return found;
  }

  WallTime now_ = WallTime(std::chrono::seconds(1'700'000'000));
  PublicSuffixes suffixes_;
  CookieJar jar_{suffixes_};
};

}  // namespace trunkd
