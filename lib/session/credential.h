// What a session proves itself with (auth), and where that may go.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/origin.h"
#include "base/secret.h"
#include "config/config.h"
#include "http/url.h"

namespace trunkd {

// The session's credentials may go to `origin`: it is base_url's, or auth.hosts names it. Never
// over plain http where base_url is https; and auth.hosts means plain http only where it names the
// port.
bool trusts(const SessionConfig& session, const Origin& origin);

class Credential {
 public:
  // `session`, which has auth, must outlive the credential.
  Credential(const SessionConfig& session, std::unique_ptr<Secret> secret)
      : session_(session), secret_(std::move(secret)) {}

  bool applies_to(const Origin& origin) const { return trusts(session_, origin); }

  // It goes into a field (bearer, basic, header) or else into a parameter of the query.
  bool is_field() const { return session_.auth.kind != AuthConfig::Kind::query; }
  // The field's or the parameter's name.
  std::string_view name() const;
  // Appends the value that this field or parameter gets now, the latter percent-encoded. Error:
  // credential_unavailable, also if the secret cannot stand in that place; nothing was appended.
  Result<void> append_value(std::string& out) const;

  // The way back: takes the parameter out of a URL that an origin made of the one that was sent.
  // Elsewhere than where the credential goes only if it has the secret's value. True if it was
  // there.
  bool cut_from(Url& url) const;
  // The same for text that is no URL that we can read.
  std::string cut_from_text(std::string_view reference) const;

 private:
  bool is_the_secret(std::string_view written) const;

  const SessionConfig& session_;
  const std::unique_ptr<Secret> secret_;
};

}  // namespace trunkd
