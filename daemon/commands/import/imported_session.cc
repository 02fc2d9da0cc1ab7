#include "daemon/commands/import/imported_session.h"

#include <algorithm>

#include "base/text.h"
#include "config/config_loader.h"
#include "daemon/commands/import/session_import.h"
#include "daemon/commands/new_session_name.h"
#include "http/url.h"

namespace trunkd {
namespace {

constexpr size_t kMostOfName = 63;

// "auth" of "sessions.github.auth.bearer"; empty if it is about no field of the session.
std::string field_of(const ConfigMistake& mistake, const std::string& session) {
  const std::string prefix = "sessions." + session + '.';
  if (!mistake.path.starts_with(prefix)) return {};
  return mistake.path.substr(prefix.size(), mistake.path.find('.', prefix.size()) - prefix.size());
}

std::string as_session_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const char lower = ascii_lower(c);
    const bool fits = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
    if (fits) {
      name += lower;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  while (name.starts_with(kIgnoredKeys)) name.erase(0, kIgnoredKeys.size());
  name.resize(std::min(name.size(), kMostOfName));
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "session" : name;
}

}  // namespace

std::string session_yaml(const ImportedSession& session) {
  std::string text = "  " + session.name + ":\n";
  for (const ImportedField& field : session.fields) {
    for (const std::string& line : field.lines) text += "    " + line + '\n';
  }
  return text;
}

std::string session_name_of_host(const std::string& host, const PublicSuffixes& suffixes) {
  if (is_ip_literal(host)) return as_session_name("host-" + host);
  std::string_view rest = host, before;
  while (!suffixes.contains(std::string(rest))) {
    const size_t dot = rest.find('.');
    if (dot == std::string_view::npos) break;
    before = rest.substr(0, dot);
    rest.remove_prefix(dot + 1);
  }
  return as_session_name(before.empty() ? host : before);
}

Parsed<ImportedSession> import_session(const CurlCommand& command, const ImportPlace& place,
                                       const PublicSuffixes& suffixes) {
  auto made = SessionImport(command, place, suffixes).run();
  while (made) {
    const LoadedConfig loaded = load_config_text("sessions:\n" + session_yaml(*made), "the session",
                                                 [](const std::string&) { return std::nullopt; });
    if (loaded.config && !loaded.config->sessions.empty()) return made;
    if (loaded.config) return wrong("cannot become a session of that name");
    const ConfigMistake& mistake = loaded.mistakes.front();
    const std::string field = field_of(mistake, made->name);
    const size_t dropped = std::erase_if(
        made->fields, [&field](const ImportedField& one) { return one.name == field; });
    if (dropped == 0 || field == "base_url" || field == "listen") {
      return wrong("cannot become a session: " + mistake.path + ' ' + mistake.message);
    }
    std::erase_if(made->secrets,
                  [&field](const ImportedSecret& one) { return one.field == field; });
    made->left_out.push_back({field, mistake.message});
  }
  return made;
}

}  // namespace trunkd
