#include "session/credential.h"

#include <algorithm>

#include "base/base64.h"
#include "base/text.h"
#include "http/characters.h"
#include "http/fields.h"
#include "http/query.h"
#include "session/session_index.h"

namespace trunkd {
namespace {

using AuthKind = AuthConfig::Kind;

// Why the secret cannot stand where it would go; empty if it can.
std::string_view misfit(AuthKind kind, std::string_view secret) {
  if (kind == AuthKind::bearer && !std::all_of(secret.begin(), secret.end(), is_visible_char)) {
    return "a bearer token has no spaces and only ASCII characters";
  }
  if (kind == AuthKind::header && (!is_field_value(secret) || secret != trim(secret))) {
    return "a field's value has no spaces at its ends and no control bytes";
  }
  return {};
}

}  // namespace

bool trusts(const SessionConfig& session, const Origin& origin) {
  if (!session.multi_host) {
    if (origin == session.origin) return true;
    if (session.origin.secure() && !origin.secure()) return false;
  }
  return std::any_of(session.auth.hosts.begin(), session.auth.hosts.end(),
                     [&](const HostPattern& pattern) {
                       return (origin.secure() || pattern.port) && matches(pattern, origin);
                     });
}

std::string_view Credential::name() const {
  const bool standard =
      session_.auth.kind == AuthKind::bearer || session_.auth.kind == AuthKind::basic;
  return standard ? std::string_view("Authorization") : session_.auth.name;
}

Result<void> Credential::append_value(std::string& out) const {
  const auto secret = secret_->value();
  if (!secret) return tl::unexpected(secret.error());
  const AuthConfig& auth = session_.auth;
  if (const auto why = misfit(auth.kind, *secret); !why.empty()) {
    return no_secret(auth.secret.text(), why);
  }
  switch (auth.kind) {
    case AuthKind::bearer:
      out.append("Bearer ").append(*secret);
      break;
    case AuthKind::basic:
      out += "Basic ";
      append_base64(out, auth.name + ':' + std::string(*secret));
      break;
    case AuthKind::header:
      out += *secret;
      break;
    case AuthKind::query:
      append_percent_encoded(out, *secret);
      break;
    case AuthKind::none:
      break;
  }
  return {};
}

bool Credential::is_the_secret(std::string_view written) const {
  const auto secret = secret_->value();
  return secret && means(written, *secret);
}

bool Credential::cut_from(Url& url) const {
  if (is_field() || !url.has_query) return false;
  const bool anyway = applies_to(url.origin);
  std::string query = without_parameters(url.query, [&](const QueryParameter& parameter) {
    return means(parameter.name, name()) && (anyway || is_the_secret(parameter.value));
  });
  if (query.size() == url.query.size()) return false;
  url.query = std::move(query);
  url.has_query = !url.query.empty();
  return true;
}

std::string Credential::cut_from_text(std::string_view reference) const {
  const size_t question = std::min(reference.find('?'), reference.size());
  const size_t end = std::min(reference.find('#', question), reference.size());
  if (is_field() || question == end) return std::string(reference);
  const std::string_view query = reference.substr(question + 1, end - question - 1);
  const std::string kept = without_parameters(query, [&](const QueryParameter& parameter) {
    return means(parameter.name, name()) && is_the_secret(parameter.value);
  });
  std::string out(reference.substr(0, question));
  if (!kept.empty() || query.empty()) out += '?' + kept;
  return out.append(reference.substr(end));
}

}  // namespace trunkd
