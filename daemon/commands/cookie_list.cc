#include "daemon/commands/cookie_list.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/text.h"
#include "daemon/commands/utc.h"

namespace trunkd {
namespace {

using Row = std::array<std::string, 5>;

std::string_view same_site(const Cookie& cookie) {
  switch (cookie.same_site) {
    case Cookie::SameSite::none:
      return "None";
    case Cookie::SameSite::lax:
      return "Lax";
    case Cookie::SameSite::strict:
      return "Strict";
    case Cookie::SameSite::unset:
      break;
  }
  return "";
}

std::string flags(const Cookie& cookie) {
  std::string text;
  const auto add = [&text](std::string_view flag) {
    if (!text.empty()) text += ' ';
    text += flag;
  };
  if (cookie.secure) add("Secure");
  if (cookie.http_only) add("HttpOnly");
  if (!same_site(cookie).empty()) add("SameSite=" + std::string(same_site(cookie)));
  return text;
}

Row row(const Cookie& cookie) {
  return {(cookie.host_only ? "" : ".") + cookie.domain, escaped(cookie.path),
          cookie.name.empty() ? "(none)" : escaped(cookie.name),
          cookie.persistent ? utc(cookie.expires) : "session", flags(cookie)};
}

}  // namespace

std::string cookie_table(const std::vector<Cookie>& cookies) {
  if (cookies.empty()) return "There are no cookies.\n";
  std::vector<Row> rows{{"DOMAIN", "PATH", "NAME", "EXPIRES", "FLAGS"}};
  for (const Cookie& cookie : cookies) rows.push_back(row(cookie));
  std::array<size_t, 5> widths{};
  for (const Row& one : rows) {
    for (size_t i = 0; i < one.size(); ++i) widths[i] = std::max(widths[i], one[i].size());
  }
  std::string table;
  for (const Row& one : rows) {
    std::string line;
    for (size_t i = 0; i < one.size(); ++i) line += fmt::format("{:<{}}  ", one[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    table += line + '\n';
  }
  return table;
}

std::string cookie_json(const std::vector<Cookie>& cookies) {
  auto list = nlohmann::ordered_json::array();
  for (const Cookie& cookie : cookies) {
    nlohmann::ordered_json one{{"domain", cookie.domain},
                               {"host_only", cookie.host_only},
                               {"path", cookie.path},
                               {"name", cookie.name},
                               {"expires", nullptr},
                               {"secure", cookie.secure},
                               {"http_only", cookie.http_only},
                               {"same_site", nullptr},
                               {"created", utc(cookie.created)}};
    if (cookie.persistent) one["expires"] = utc(cookie.expires);
    if (!same_site(cookie).empty()) one["same_site"] = same_site(cookie);
    list.push_back(std::move(one));
  }
  // A name may be any bytes; what is no UTF-8 in it is replaced.
  return list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace trunkd
