#include "session/dresser.h"

#include <algorithm>

#include "base/text.h"
#include "http/fields.h"
#include "http/writer.h"
#include "session/cookie_field.h"
#include "session/credential_fields.h"
#include "session/url_rule.h"

namespace trunkd {
namespace {

// Fields that no origin gets to see, whatever Connection says.
bool stays_here(std::string_view name, const ConnectionOptions& connection) {
  return is_hop_by_hop(name) || is_framing_field(name) || istarts_with(name, "trunkd-") ||
         connection.lists(name);
}

// What a request without a body has nothing to say about (RFC 9110, 15.4).
bool speaks_of_body(std::string_view name) {
  return istarts_with(name, "content-") || iequals(name, "expect") || iequals(name, "digest") ||
         iequals(name, "last-modified");
}

// One request and all that decides over its fields.
class Dresser {
 public:
  Dresser(const Outgoing& outgoing, const SessionConfig& session, const Credential* credential);

  Result<void> append(std::string& out) const;

 private:
  bool client_field_goes(std::string_view name) const;
  bool own_field_goes(std::string_view name) const;
  bool is_removed(std::string_view name) const;
  bool is_set(std::string_view name) const;
  bool is_default(const NameValue& field) const;

  Result<void> append_request_line(std::string& out) const;
  void append_line(std::string& out, std::string_view target) const;
  void append_client_fields(std::string& out) const;
  void append_cookie(std::string& out) const;
  void append_own_fields(std::string& out, const std::vector<NameValue>& fields,
                         bool defaults) const;
  Result<void> append_credential(std::string& out) const;
  std::string cookies_but_the_jars() const;

  const Outgoing& outgoing_;
  const RequestHead& request_;
  const SessionConfig& session_;
  const ConnectionOptions connection_;
  const bool trace_;
  const Credential* const credential_;  // null: none goes to this origin
  std::string_view auth_field_;         // what it puts on; empty if none
  std::string_view jar_cookies_;
};

Dresser::Dresser(const Outgoing& outgoing, const SessionConfig& session,
                 const Credential* credential)
    : outgoing_(outgoing),
      request_(outgoing.request),
      session_(session),
      connection_(request_.headers),
      // Its answer shows the request to whoever asked (RFC 9110, 9.3.8).
      trace_(outgoing.method == "TRACE"),
      credential_(credential != nullptr && !trace_ && credential->applies_to(outgoing.origin)
                      ? credential
                      : nullptr) {
  if (credential_ != nullptr && credential_->is_field()) auth_field_ = credential_->name();
  if (!outgoing.jar_cookies.empty() && !trace_ && !is_set("Cookie")) {
    jar_cookies_ = outgoing.jar_cookies;
  }
}

bool Dresser::is_removed(std::string_view name) const {
  return std::any_of(session_.remove_headers.begin(), session_.remove_headers.end(),
                     [&](const std::string& removed) { return iequals(removed, name); });
}

bool Dresser::is_set(std::string_view name) const {
  return !trace_ && std::any_of(session_.set_headers.begin(), session_.set_headers.end(),
                                [&](const NameValue& set) {
                                  return iequals(set.name, name) && own_field_goes(set.name);
                                });
}

// A field of the client's goes on, and not something in its place.
bool Dresser::client_field_goes(std::string_view name) const {
  if (stays_here(name, connection_)) return false;
  if (request_.minor_version == 0 && iequals(name, "expect")) return false;  // RFC 9110, 10.1.1
  if (outgoing_.body_dropped && speaks_of_body(name)) return false;
  if (trace_ || outgoing_.crossed_origin) {
    if (looks_like_credential(name)) return false;
    if (session_.auth.kind == AuthConfig::Kind::header && iequals(name, session_.auth.name)) {
      return false;
    }
  }
  if (!auth_field_.empty() && iequals(name, auth_field_)) return false;
  return !is_removed(name) && !is_set(name);
}

// One of `headers` or `set_headers`. A session for many hosts is meant to send them to all of
// these, but for what is a credential beyond doubt; one for a single host that a redirect has led
// elsewhere keeps whatever may be one.
bool Dresser::own_field_goes(std::string_view name) const {
  if (trace_) return !looks_like_credential(name);
  const bool proves = session_.multi_host ? is_credential_field(name) : looks_like_credential(name);
  return !proves || trusts(session_, outgoing_.origin);
}

// One of `headers` that nothing else takes the place of.
bool Dresser::is_default(const NameValue& field) const {
  if (!own_field_goes(field.name) || is_set(field.name)) return false;
  if (!auth_field_.empty() && iequals(field.name, auth_field_)) return false;
  return !request_.headers.has(field.name) || !client_field_goes(field.name);
}

Result<void> Dresser::append(std::string& out) const {
  if (auto line = append_request_line(out); !line) return line;
  append_client_fields(out);
  append_own_fields(out, session_.headers, true);
  if (!auth_field_.empty() && !is_set(auth_field_)) {
    if (auto put = append_credential(out); !put) return put;
  }
  if (!trace_) append_own_fields(out, session_.set_headers, false);
  if (const auto upgrade = allowed_upgrade(request_, session_); !upgrade.empty()) {
    append_field(out, "Connection", "Upgrade");
    append_field(out, "Upgrade", upgrade);
  }
  if (session_.via) append_field(out, "Via", kVia);
  if (outgoing_.proxy != nullptr) {
    if (auto put = outgoing_.proxy->append_authorization(out); !put) return put;
  }
  append_framing(out, outgoing_.framing);
  append_end_of_head(out);
  return {};
}

Result<void> Dresser::append_request_line(std::string& out) const {
  const bool has_query = outgoing_.target != "*";
  if (credential_ == nullptr || credential_->is_field() || !has_query) {
    append_line(out, outgoing_.target);
    return {};
  }
  std::string value;
  if (auto put = credential_->append_value(value); !put) return put;
  append_line(out, with_parameter(outgoing_.target, credential_->name(), value));
  return {};
}

// A proxy makes the "*" of OPTIONS of a URL without path (RFC 9112, 3.2.4).
void Dresser::append_line(std::string& out, std::string_view target) const {
  if (outgoing_.proxy == nullptr) {
    return trunkd::append_request_line(out, outgoing_.method, target);
  }
  std::string url = outgoing_.origin.text();
  if (target != "*") url += target;
  trunkd::append_request_line(out, outgoing_.method, url);
}

void Dresser::append_client_fields(std::string& out) const {
  bool has_host = false, has_cookie = false;
  for (const Field field : request_.headers) {
    if (iequals(field.name, "host")) {
      append_field(out, field.name, outgoing_.origin.authority());
      has_host = true;
    } else if (!client_field_goes(field.name)) {
      continue;
    } else if (outgoing_.max_forwards >= 0 && iequals(field.name, "max-forwards")) {
      append_field(out, field.name, static_cast<uint64_t>(outgoing_.max_forwards));
    } else if (!jar_cookies_.empty() && iequals(field.name, "cookie")) {
      if (!std::exchange(has_cookie, true)) append_cookie(out);  // all in one field
    } else {
      append_field(out, field.name, field.value);
    }
  }
  if (!has_host) append_field(out, "Host", outgoing_.origin.authority());
  if (!jar_cookies_.empty() && !has_cookie) append_cookie(out);
}

void Dresser::append_cookie(std::string& out) const {
  append_field(out, "Cookie", merged_cookies(cookies_but_the_jars(), jar_cookies_));
}

// The client's, else those of `headers`.
std::string Dresser::cookies_but_the_jars() const {
  std::string cookies;
  const auto add = [&](std::string_view more) {
    if (!cookies.empty()) cookies += "; ";
    cookies += more;
  };
  if (client_field_goes("Cookie")) {
    for (const Field field : request_.headers) {
      if (iequals(field.name, "cookie")) add(field.value);
    }
  }
  for (const NameValue& field : session_.headers) {
    if (iequals(field.name, "cookie") && is_default(field)) add(field.value);
  }
  return cookies;
}

// Those of `headers` if they are `defaults`: one that is a Cookie has gone with the jar's then.
void Dresser::append_own_fields(std::string& out, const std::vector<NameValue>& fields,
                                bool defaults) const {
  for (const NameValue& field : fields) {
    if (defaults ? !is_default(field) : !own_field_goes(field.name)) continue;
    if (defaults && !jar_cookies_.empty() && iequals(field.name, "cookie")) continue;
    append_field(out, field.name, field.value);
  }
}

Result<void> Dresser::append_credential(std::string& out) const {
  const size_t start = out.size();
  out.append(auth_field_).append(": ");
  auto put = credential_->append_value(out);
  if (!put) out.resize(start);
  if (put) out += "\r\n";
  return put;
}

}  // namespace

std::string_view allowed_upgrade(const RequestHead& request, const SessionConfig& session) {
  if (request.minor_version == 0 || request.framing.has_body()) return {};
  const auto upgrade = request.headers.get("Upgrade");
  if (!upgrade || request.headers.count("Upgrade") != 1) return {};
  if (!ConnectionOptions(request.headers).upgrade()) return {};
  for (const std::string& allowed : session.upgrade) {
    if (iequals(trim(*upgrade), allowed)) return *upgrade;
  }
  return {};
}

Result<void> append_upstream_head(std::string& out, const Outgoing& outgoing,
                                  const SessionConfig& session, const Credential* credential) {
  return Dresser(outgoing, session, credential).append(out);
}

}  // namespace trunkd
