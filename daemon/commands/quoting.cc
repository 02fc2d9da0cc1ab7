#include "daemon/commands/quoting.h"

#include <algorithm>

#include "base/text.h"
#include "http/characters.h"

namespace trunkd {
namespace {

constexpr CharSet kPlainInShell = CharSet().add_alphanumerics().add("-._/:@%+,=");
constexpr CharSet kPlainInYaml = CharSet().add_alphanumerics().add("-._/");

bool consists_of(std::string_view text, const CharSet& set) {
  return std::all_of(text.begin(), text.end(), [&set](char c) { return set.has(c); });
}

bool is_url_of_plain(std::string_view text) {
  const size_t scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return false;
  const std::string_view rest = text.substr(scheme + 3);
  return consists_of(text.substr(0, scheme), kPlainInYaml) && !rest.empty() && rest.back() != ':' &&
         std::all_of(rest.begin(), rest.end(),
                     [](char c) { return c == ':' || kPlainInYaml.has(c); });
}

// "file:/etc/trunkd/token"
bool is_reference_of_plain(std::string_view text) {
  const size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  return (kind == "file" || kind == "env") && colon + 1 < text.size() &&
         consists_of(text.substr(colon + 1), kPlainInYaml);
}

bool is_plain_in_yaml(std::string_view text) {
  static constexpr std::string_view kTaken[] = {"true", "false", "yes", "no", "on",
                                                "off",  "null",  "y",   "n"};
  if (text.empty() || std::any_of(std::begin(kTaken), std::end(kTaken),
                                  [text](auto word) { return iequals(word, text); })) {
    return false;
  }
  const bool begins_well = (text.front() >= 'a' && text.front() <= 'z') ||
                           (text.front() >= 'A' && text.front() <= 'Z') || text.front() == '/';
  if (!begins_well) return false;
  return consists_of(text, kPlainInYaml) || is_url_of_plain(text) || is_reference_of_plain(text);
}

}  // namespace

std::string sh_quoted(std::string_view text) {
  // zsh takes a "=" in front for a command's path.
  if (!text.empty() && text.front() != '=' && consists_of(text, kPlainInShell)) {
    return std::string(text);
  }
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + '\'';
}

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

std::string yaml_quoted(std::string_view text) {
  if (is_plain_in_yaml(text)) return std::string(text);
  std::string doubled;
  for (const char c : text) doubled.append(c == '$' ? 2 : 1, c);
  std::string out = "\"";
  append_json_escaped(out, doubled);
  return out + '"';
}

}  // namespace trunkd
