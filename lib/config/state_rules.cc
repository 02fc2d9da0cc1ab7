#include "config/state_rules.h"

#include <algorithm>

#include "base/text.h"

namespace trunkd {
namespace {

constexpr std::string_view kAuthorization = "Authorization";
constexpr std::string_view kCookie = "Cookie";

// A way to prove who a session is, by its field or group.
constexpr std::string_view kAuthWays[] = {"auth.bearer", "auth.basic", "auth.header", "auth.query"};
constexpr std::string_view kLaterAuthWays[] = {"auth.oauth2_client_credentials", "auth.aws_sigv4"};

// A broken one has no place.
bool is_mentioned(const SessionDraft& draft, std::string_view way) {
  const auto is_of_way = [&](std::string_view field) {
    return field == way || is_in_group(field, way);
  };
  return std::any_of(draft.places.begin(), draft.places.end(),
                     [&](const auto& said) { return is_of_way(said.first); }) ||
         std::any_of(draft.broken.begin(), draft.broken.end(), is_of_way);
}

AuthConfig auth_of(const AuthDraft& draft) {
  using Kind = AuthConfig::Kind;
  if (draft.bearer.kind != SecretRef::Kind::none) {
    return {Kind::bearer, {}, draft.bearer, draft.hosts};
  }
  if (!draft.user.empty()) return {Kind::basic, draft.user, draft.password, draft.hosts};
  if (!draft.header_name.empty()) {
    return {Kind::header, draft.header_name, draft.header_value, draft.hosts};
  }
  return {Kind::query, draft.query_name, draft.query_value, draft.hosts};
}

// The header field that the credential goes into, empty for a parameter.
std::string_view field_of(const AuthConfig& auth) {
  switch (auth.kind) {
    case AuthConfig::Kind::bearer:
    case AuthConfig::Kind::basic:
      return kAuthorization;
    case AuthConfig::Kind::header:
      return auth.name;
    default:
      return {};
  }
}

// Notes that `field` (params, headers ...) names what `owner` (auth, cookies) puts in itself.
void check_not_named(const NamedSession& session, std::string_view field,
                     const std::vector<NameValue>& entries, std::string_view name,
                     std::string_view owner, FieldReader& reader) {
  if (name.empty()) return;
  const bool case_matters = field == "params";
  for (const NameValue& entry : entries) {
    if (case_matters ? entry.name != name : !iequals(entry.name, name)) continue;
    const bool own = says(session.draft, field) || !says(session.draft, owner);
    const Place* place = find_place(session.draft, own ? field : owner);
    reader.mistake(*place, session.path + '.' + std::string(field) + '.' + escaped(entry.name),
                   "is what " + std::string(owner) + " puts in; it can only come from one of them");
  }
}

void finish_auth(const NamedSession& session, SessionConfig& config, FieldReader& reader) {
  const SessionDraft& draft = session.draft;
  if (!draft.auth.given || is_group_broken(draft, "auth")) return;
  config.auth = auth_of(draft.auth);
  // Of a session for many hosts trunkd cannot know which one the credential is for.
  if (config.multi_host && config.auth.hosts.empty()) {
    reader.mistake(*find_place(draft, "auth"), session.path + ".auth",
                   "needs \"hosts\" in a session with allow_hosts: a credential is never sent to "
                   "every host, so name those that get it, as hosts: [api.example.com]");
  }
  const std::string_view field = field_of(config.auth);
  check_not_named(session, "headers", config.headers, field, "auth", reader);
  check_not_named(session, "set_headers", config.set_headers, field, "auth", reader);
  if (config.auth.kind == AuthConfig::Kind::query) {
    check_not_named(session, "params", config.params, config.auth.name, "auth", reader);
  }
}

void check_cookies(const NamedSession& session, const SessionConfig& config, FieldReader& reader) {
  if (config.cookies.keep == CookiesConfig::Keep::off) return;
  check_not_named(session, "headers", config.headers, kCookie, "cookies", reader);
  check_not_named(session, "set_headers", config.set_headers, kCookie, "cookies", reader);
  if (iequals(field_of(config.auth), kCookie)) {
    reader.mistake(*find_place(session.draft, "auth"), session.path + ".auth.header.name",
                   "is what cookies puts in; it can only come from one of them");
  }
}

void finish_rate(const NamedSession& session, SessionConfig& config, FieldReader& reader) {
  const SessionDraft& draft = session.draft;
  if (is_group_broken(draft, "rate")) return;
  RateConfig& rate = config.rate;
  if (rate.count == 0) {
    if (says(draft, "rate.burst") && rate.burst > 1) {
      reader.mistake(draft.places.at("rate.burst"), session.path + ".rate.burst",
                     "needs rate.limit, without which nothing limits a burst");
    }
    rate.burst = RateConfig().burst;
  }
  if (rate.active()) return;
  if (says(draft, "rate.per_host") && rate.per_host) {
    reader.mistake(draft.places.at("rate.per_host"), session.path + ".rate.per_host",
                   "needs rate.limit or rate.min_interval, which it is about");
  }
  rate = {};
}

}  // namespace

void check_auth(const std::string& path, SessionDraft& draft, FieldReader& reader) {
  if (!draft.auth.given || !says(draft, "auth")) return;
  const bool is_later = std::any_of(std::begin(kLaterAuthWays), std::end(kLaterAuthWays),
                                    [&](std::string_view way) { return is_mentioned(draft, way); });
  if (is_later) return;  // that it is not available yet is all there is to say
  std::vector<std::string_view> ways;
  for (const std::string_view way : kAuthWays) {
    if (is_mentioned(draft, way)) ways.push_back(way);
  }
  if (ways.size() == 1) return;
  std::string message = "needs one of bearer, basic, header and query";
  if (!ways.empty()) {
    message = std::string(ways[0]) + " and " + std::string(ways[1]) +
              " exclude each other: a session proves in one way who it is";
  }
  reader.mistake(draft.places.at("auth"), path + ".auth", std::move(message));
  draft.broken.insert("auth.bearer");  // told once, whoever inherits it
  draft.places.erase("auth.bearer");
}

void finish_state(const NamedSession& session, SessionConfig& config, FieldReader& reader) {
  finish_auth(session, config, reader);
  check_cookies(session, config, reader);
  finish_rate(session, config, reader);
}

}  // namespace trunkd
