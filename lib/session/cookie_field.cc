#include "session/cookie_field.h"

#include <algorithm>

#include "base/text.h"

namespace trunkd {
namespace {

// Calls `use` with each cookie, trimmed; until it returns false.
template <typename Use>
void for_each_cookie(std::string_view list, Use use) {
  for (size_t start = 0; start < list.size();) {
    const size_t end = std::min(list.find(';', start), list.size());
    const std::string_view cookie = trim(list.substr(start, end - start));
    start = end + 1;
    if (!cookie.empty() && !use(cookie)) return;
  }
}

// Of "a=1" and of "=1" as of "1", which has none (RFC 6265bis, 5.6).
std::string_view name_of(std::string_view cookie) {
  const size_t equals = cookie.find('=');
  return equals == cookie.npos ? std::string_view() : trim(cookie.substr(0, equals));
}

bool has_cookie(std::string_view list, std::string_view name) {
  bool found = false;
  for_each_cookie(list, [&](std::string_view cookie) {
    found = name_of(cookie) == name;
    return !found;
  });
  return found;
}

}  // namespace

std::string merged_cookies(std::string_view own, std::string_view jar) {
  own = trim(own);
  while (own.ends_with(';')) own = trim(own.substr(0, own.size() - 1));
  std::string merged(own);
  for_each_cookie(jar, [&](std::string_view cookie) {
    if (has_cookie(own, name_of(cookie))) return true;
    if (!merged.empty()) merged += "; ";
    merged += cookie;
    return true;
  });
  return merged;
}

}  // namespace trunkd
