#include "daemon/commands/ctl/daemon_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/commands/ctl/for_people.h"
#include "daemon/commands/ctl/text_table.h"

namespace trunkd {
namespace {

std::string text_of(const Json& json) { return printable(json.get_ref<const std::string&>()); }

// "added:    a, b\n"; nothing of an empty list.
std::string names_line(std::string_view label, const Json& names) {
  std::string list;
  for (const Json& name : names) list += (list.empty() ? "" : ", ") + text_of(name);
  return list.empty() ? "" : fmt::format("{:<9} {}\n", label, list);
}

std::string cookie_flags(const Json& cookie) {
  std::string flags;
  const auto add = [&flags](const std::string& flag) {
    flags += (flags.empty() ? "" : " ") + flag;
  };
  if (cookie.at("secure").get<bool>()) add("Secure");
  if (cookie.at("http_only").get<bool>()) add("HttpOnly");
  if (!cookie.at("same_site").is_null()) add("SameSite=" + text_of(cookie.at("same_site")));
  return flags;
}

}  // namespace

std::string status_text(const Json& status) {
  const Json& clients = status.at("clients");
  std::string text = fmt::format(
      "trunkd {} is {}, process {}, for {} (since {})\n", text_of(status.at("version")),
      text_of(status.at("state")), status.at("pid").get<int>(),
      age_text(status.at("uptime_seconds").get<double>()), text_of(status.at("started")));
  text += fmt::format("  requests  {}\n", with_commas(status.at("requests").get<uint64_t>()));
  text += fmt::format("  clients   {} connected, of at most {}; {} turned away\n",
                      with_commas(clients.at("now").get<uint64_t>()),
                      with_commas(clients.at("max").get<uint64_t>()),
                      with_commas(clients.at("refused").get<uint64_t>()));
  const Json& reloaded = status.at("reloaded");
  if (!reloaded.is_null()) text += fmt::format("  reloaded  {}\n", text_of(reloaded));
  return text;
}

std::string reload_text(const Json& outcome) {
  std::string text = names_line("added:", outcome.at("added")) +
                     names_line("changed:", outcome.at("changed")) +
                     names_line("removed:", outcome.at("removed"));
  if (text.empty()) text = "Reloaded; no session has changed.\n";
  for (const Json& notice : outcome.at("notices")) text += "note:     " + text_of(notice) + '\n';
  return text;
}

std::string reload_errors(const Json& outcome) {
  std::string text;
  for (const Json& error : outcome.at("errors")) text += text_of(error) + '\n';
  return text;
}

std::string cookie_list_table(const Json& cookies) {
  TextTable table({{"DOMAIN"}, {"PATH"}, {"NAME"}, {"EXPIRES"}, {"FLAGS"}});
  for (const Json& cookie : cookies) {
    const std::string name = text_of(cookie.at("name"));
    const Json& expires = cookie.at("expires");
    table.add({(cookie.at("host_only").get<bool>() ? "" : ".") + text_of(cookie.at("domain")),
               text_of(cookie.at("path")), name.empty() ? "(none)" : name,
               expires.is_null() ? "session" : text_of(expires), cookie_flags(cookie)});
  }
  return table.empty() ? "There are no cookies.\n" : table.text();
}

}  // namespace trunkd
