#include "daemon/commands/import/credential_choice.h"

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "base/text.h"
#include "config/request_syntax.h"
#include "daemon/commands/import/secret_names.h"
#include "daemon/commands/import/shell_words.h"
#include "daemon/commands/quoting.h"
#include "http/characters.h"

namespace trunkd {
namespace {

using CredentialKind = FoundCredential::Kind;

}  // namespace

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == ' ' || kVisibleChars.has(c); });
}

bool user_is_secret(std::string_view login) {
  const size_t colon = login.find(':');
  const bool no_password = colon != std::string_view::npos && colon + 1 == login.size();
  const std::string_view user = login.substr(0, colon);
  return no_password || looks_like_secret(user) || has_variable(user);
}

std::optional<FoundCredential> credential_of_authorization(std::string_view value) {
  value = trim(value);
  if (value.empty()) return std::nullopt;
  const std::string source = "Authorization";
  const size_t space = value.find(' ');
  const std::string_view scheme = value.substr(0, space);
  const std::string_view rest =
      space == std::string_view::npos ? std::string_view() : trim(value.substr(space));
  if (iequals(scheme, "Bearer") && !rest.empty()) {
    return FoundCredential{CredentialKind::bearer, "", std::string(rest), source,
                           "the token alone, without the word Bearer"};
  }
  if (iequals(scheme, "Basic") && !rest.empty() && !has_variable(rest)) {
    const auto login = decode_base64(rest);
    if (login && login->find(':') != std::string::npos) {
      FoundCredential found = credential_of_login(*login, source);
      if (found.kind == CredentialKind::basic) return found;
    }
  }
  return FoundCredential{CredentialKind::header, "Authorization", std::string(value), source,
                         "all that stood behind \"Authorization: \""};
}

FoundCredential credential_of_login(std::string_view login, std::string source) {
  const size_t colon = login.find(':');
  const std::string_view user = login.substr(0, colon);
  const bool has_password = colon != std::string_view::npos && colon + 1 < login.size();
  if (user_is_secret(login) || !is_printable_ascii(user) || !parse_user_name(user)) {
    return {CredentialKind::header, "Authorization", "", std::move(source),
            "the word Basic, a space and the base64 of USER:PASSWORD, as printed by: printf 'Basic "
            "%s\\n' \"$(printf %s USER:PASSWORD | base64 -w0)\""};
  }
  const std::string_view password = has_password ? login.substr(colon + 1) : std::string_view();
  return {CredentialKind::basic, std::string(user), std::string(password), std::move(source),
          "the password"};
}

std::vector<std::string> auth_lines(const FoundCredential& credential,
                                    const std::string& reference) {
  const std::string secret = yaml_quoted(reference);
  const std::string name = yaml_quoted(credential.name);
  switch (credential.kind) {
    case CredentialKind::bearer:
      return {"auth:", "  bearer: " + secret};
    case CredentialKind::basic:
      return {"auth:", "  basic:", "    user: " + name, "    password: " + secret};
    case CredentialKind::header:
      return {"auth:", "  header:", "    name: " + name, "    value: " + secret};
    case CredentialKind::query:
      return {"auth:", "  query:", "    name: " + name, "    value: " + secret};
  }
  return {};
}

std::string_view secret_suffix(const FoundCredential& credential) {
  switch (credential.kind) {
    case CredentialKind::bearer:
      return ".token";
    case CredentialKind::basic:
      return ".password";
    case CredentialKind::header:
      return iequals(credential.name, "Authorization") ? ".authorization" : ".key";
    case CredentialKind::query:
      return ".key";
  }
  return {};
}

std::string variable_named_after(std::string_view name) {
  std::string variable = "CURL_";
  for (const char c : name) {
    const char lower = ascii_lower(c);
    const bool is_letter = lower >= 'a' && lower <= 'z';
    if (is_letter) {
      variable += static_cast<char>(lower - 32);
    } else {
      variable += c >= '0' && c <= '9' ? c : '_';
    }
  }
  return variable;
}

}  // namespace trunkd
