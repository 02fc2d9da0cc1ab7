// The fields of a session about what it adds to requests: parameters, headers, credentials,
// cookies.

#include <algorithm>

#include "base/text.h"
#include "config/fields.h"

namespace trunkd {
namespace {

constexpr std::string_view kCookieWords[] = {"off", "memory", "persist"};
constexpr std::string_view kJarScopes[] = {"session", "header"};

using Draft = SessionDraft;

// A value replaces an inherited one of the same name; the order is that of first mention.
void merge_names(std::vector<NameValue>& into, Value&& value,
                 bool (*same_name)(std::string_view, std::string_view)) {
  auto* added = std::get_if<std::vector<NameValue>>(&value);
  if (added == nullptr) return into.clear();  // off
  for (NameValue& entry : *added) {
    const auto known = std::find_if(into.begin(), into.end(), [&](const NameValue& other) {
      return same_name(other.name, entry.name);
    });
    if (known != into.end()) {
      *known = std::move(entry);
    } else {
      into.push_back(std::move(entry));
    }
  }
}

bool same_parameter(std::string_view a, std::string_view b) { return a == b; }

template <auto Member, auto SameName>
constexpr ConfigField<Draft> named_values(const FieldInfo& info) {
  return {info,
          [](Draft& draft, Value&& value) {
            merge_names(draft.config.*Member, std::move(value), SameName);
          },
          [](const Draft& draft) -> Value { return draft.config.*Member; }};
}

template <auto... Path>
constexpr ConfigField<Draft> auth_field(const FieldInfo& info) {
  return field_at<Draft, &Draft::auth, Path...>(info);
}

// One way to prove who the session is replaces another: a token from `defaults` must not end up
// beside a session's own password.
void begin_auth(Draft& draft) {
  forget_group(draft, "auth");
  draft.auth = {};
  draft.auth.given = true;
}

Value auth_word(const Draft& draft) { return draft.auth.given ? Value() : Value(false); }

void set_cookies(Draft& draft, Value&& value) {
  draft.config.cookies = {};
  draft.config.cookies.keep = static_cast<CookiesConfig::Keep>(std::get<uint64_t>(value));
}

// A mapping without `persist` means a jar in memory, unless `defaults` has one already.
void begin_cookies(Draft& draft) {
  auto& keep = draft.config.cookies.keep;
  if (keep == CookiesConfig::Keep::off) keep = CookiesConfig::Keep::memory;
}

Value cookies_word(const Draft& draft) {
  const bool off = draft.config.cookies.keep == CookiesConfig::Keep::off;
  return off ? Value(uint64_t{0}) : Value();
}

constexpr ConfigField<Draft> kCarriedFields[] = {
    named_values<&SessionConfig::params, same_parameter>(
        {.name = "params",
         .syntax = Syntax::parameters,
         .description = "Parameters put into the query of each request that has none of that name.",
         .can_be_off = true}),
    named_values<&SessionConfig::headers, iequals>(
        {.name = "headers",
         .syntax = Syntax::header_fields,
         .description = "Header fields put on each request that has none of that name.",
         .can_be_off = true}),
    named_values<&SessionConfig::set_headers, iequals>(
        {.name = "set_headers",
         .syntax = Syntax::header_fields,
         .description = "Header fields put on each request in place of the client's own.",
         .can_be_off = true}),
    session_field<&SessionConfig::remove_headers>(
        {.name = "remove_headers",
         .syntax = Syntax::field_names,
         .description = "Header fields of the client that are not passed on.",
         .can_be_off = true}),
    {{.name = "auth",
      .syntax = Syntax::switched_off,
      .description = "What proves to the host who the session is, in one of four ways; it goes to "
                     "base_url's host and to those of auth.hosts, nowhere else.",
      .can_be_off = true,
      .mapping_form = "{bearer: \"file:/etc/trunkd/token\"}"},
     [](Draft& draft, Value&&) { draft.auth = {}; },
     auth_word,
     begin_auth},
    auth_field<&AuthDraft::bearer>(
        {.name = "auth.bearer",
         .syntax = Syntax::secret,
         .description = "The secret for \"Authorization: Bearer SECRET\": file:PATH, env:NAME or "
                        "credential:NAME.",
         .default_text = "none"}),
    auth_field<&AuthDraft::user>({.name = "auth.basic.user",
                                  .syntax = Syntax::user_name,
                                  .description = "The name for \"Authorization: Basic\".",
                                  .required = true,
                                  .default_text = "none"}),
    auth_field<&AuthDraft::password>({.name = "auth.basic.password",
                                      .syntax = Syntax::secret,
                                      .description = "The secret that goes with it.",
                                      .required = true,
                                      .default_text = "none"}),
    auth_field<&AuthDraft::header_name>(
        {.name = "auth.header.name",
         .syntax = Syntax::field_name,
         .description = "The header field that carries the secret, such as X-Api-Key.",
         .required = true,
         .default_text = "none"}),
    auth_field<&AuthDraft::header_value>({.name = "auth.header.value",
                                          .syntax = Syntax::secret,
                                          .description = "The secret in it.",
                                          .required = true,
                                          .default_text = "none"}),
    auth_field<&AuthDraft::query_name>(
        {.name = "auth.query.name",
         .syntax = Syntax::parameter_name,
         .description = "The query parameter that carries the secret, such as key.",
         .required = true,
         .default_text = "none"}),
    auth_field<&AuthDraft::query_value>({.name = "auth.query.value",
                                         .syntax = Syntax::secret,
                                         .description = "The secret in it.",
                                         .required = true,
                                         .default_text = "none"}),
    auth_field<&AuthDraft::hosts>(
        {.name = "auth.hosts",
         .syntax = Syntax::credential_hosts,
         .description = "Further hosts that get the secret, written as in allow_hosts; must be "
                        "there with allow_hosts.",
         .default_text = "none"}),
    {{.name = "cookies",
      .syntax = Syntax::choice,
      .description = "Whether the session keeps cookies for its clients: in memory, or persist, "
                     "in a file that outlives the daemon.",
      .can_be_off = true,
      .words = kCookieWords,
      .mapping_form = "{persist: true, jar: NAME}"},
     set_cookies,
     cookies_word,
     begin_cookies},
    {{.name = "cookies.persist",
      .syntax = Syntax::boolean,
      .description = "Whether the jar is kept in a file too."},
     [](Draft& draft, Value&& value) {
       draft.config.cookies.keep =
           std::get<bool>(value) ? CookiesConfig::Keep::persist : CookiesConfig::Keep::memory;
     },
     [](const Draft& draft) {
       return Value(draft.config.cookies.keep == CookiesConfig::Keep::persist);
     }},
    session_field<&SessionConfig::cookies, &CookiesConfig::jar>(
        {.name = "cookies.jar",
         .syntax = Syntax::cookie_jar,
         .description = "The jar to use, which other sessions may name too; off is the one with "
                        "the session's name.",
         .can_be_off = true}),
    session_field<&SessionConfig::cookies, &CookiesConfig::by_header>(
        {.name = "cookies.scope",
         .syntax = Syntax::choice,
         .description = "One jar for all clients (session), or one for each value of their "
                        "Trunkd-Jar field (header).",
         .words = kJarScopes}),
    session_field<&SessionConfig::cookies, &CookiesConfig::max_jars>(
        {.name = "cookies.max_jars",
         .syntax = Syntax::count,
         .description = "How many values of Trunkd-Jar can have a jar.",
         .min = 1,
         .max = 1'000'000}),
    session_field<&SessionConfig::cookies, &CookiesConfig::forget_after>(
        {.name = "cookies.forget_after",
         .syntax = Syntax::duration,
         .description =
             "How long the jar of a Trunkd-Jar value may go unused before it is dropped.",
         .min = 1000,
         .max = 3650 * kDay}),
};

}  // namespace

FieldTable<SessionDraft> carried_fields() { return kCarriedFields; }

}  // namespace trunkd
