#include "config/secret_syntax.h"

#include <algorithm>

#include "config/variables.h"
#include "http/characters.h"

namespace trunkd {
namespace {

constexpr std::string_view kVariable = "${";
constexpr size_t kMaxSecretName = 4096;  // PATH_MAX

struct Form {
  std::string_view prefix;
  SecretRef::Kind kind;
};

constexpr Form kForms[] = {{"file:", SecretRef::Kind::file},
                           {"env:", SecretRef::Kind::env},
                           {"credential:", SecretRef::Kind::credential}};

// A file of $CREDENTIALS_DIRECTORY, never one beside or above it.
bool is_credential_name(std::string_view name) {
  const auto is_name_char = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.front() != '.' && name.size() <= 255 &&
         std::all_of(name.begin(), name.end(), is_name_char);
}

}  // namespace

bool looks_like_reference(std::string_view text) {
  return text.starts_with(kVariable) ||
         std::any_of(std::begin(kForms), std::end(kForms),
                     [&](const Form& known) { return text.starts_with(known.prefix); });
}

Parsed<SecretRef> parse_secret(std::string_view text) {
  const auto* form = std::find_if(std::begin(kForms), std::end(kForms), [&](const Form& known) {
    return text.starts_with(known.prefix);
  });
  if (form == std::end(kForms)) {
    return wrong(
        "a secret does not stand in the configuration: put it into a file that trunkd alone can "
        "read and write file:/PATH here, or env:NAME or credential:NAME");
  }
  const std::string_view name = text.substr(form->prefix.size());
  switch (form->kind) {
    case SecretRef::Kind::file:
      if (name.empty() || name.front() != '/' || name.size() > kMaxSecretName) {
        return wrong("file: needs an absolute path, as in file:/etc/trunkd/token");
      }
      break;
    case SecretRef::Kind::env:
      if (!is_variable_name(name) || name.size() > kMaxSecretName) {
        return wrong("env: needs the name of a variable, as in env:API_TOKEN");
      }
      break;
    default:
      if (!is_credential_name(name)) {
        return wrong(
            "credential: needs a name that systemd's LoadCredential= gave, as in credential:token");
      }
  }
  return SecretRef{form->kind, std::string(name)};
}

}  // namespace trunkd
