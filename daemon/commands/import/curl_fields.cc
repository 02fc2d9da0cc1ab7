#include "daemon/commands/import/curl_fields.h"

#include <algorithm>

#include "base/text.h"
#include "config/request_syntax.h"
#include "daemon/commands/import/secret_names.h"

namespace trunkd {
namespace {

struct KnownField {
  std::string_view name;  // "If-" stands for all that begin so
  FieldFate fate;
};

constexpr KnownField kKnownFields[] = {
    {"Host", FieldFate::host},
    {"authority", FieldFate::host},  // browsers copied that of HTTP/2 once
    {"Authorization", FieldFate::authorization},
    {"Cookie", FieldFate::cookies},
    {"Accept-Encoding", FieldFate::coding},
    {"Accept", FieldFate::session_always},
    {"User-Agent", FieldFate::session_always},
    {"Accept-Language", FieldFate::session},
    {"Referer", FieldFate::session},
    {"Origin", FieldFate::session},
    {"X-Requested-With", FieldFate::session},
    {"Sec-", FieldFate::browser},
    {"Upgrade-Insecure-Requests", FieldFate::browser},
    {"Priority", FieldFate::browser},
    {"DNT", FieldFate::browser},
    {"Content-", FieldFate::request},
    {"If-", FieldFate::request},
    {"Range", FieldFate::request},
    {"Expect", FieldFate::request},
    {"Date", FieldFate::request},
    {"Cache-Control", FieldFate::request},
    {"Pragma", FieldFate::request},
    {"Idempotency-Key", FieldFate::request},
    {"X-Request-Id", FieldFate::request},
    {"X-Correlation-Id", FieldFate::request},
    {"traceparent", FieldFate::request},
    {"tracestate", FieldFate::request},
    {"X-HTTP-Method-Override", FieldFate::request},
};

bool is_named(std::string_view name, const KnownField& known) {
  return known.name.back() == '-' ? istarts_with(name, known.name) : iequals(name, known.name);
}

bool is_own_field(std::string_view name) {
  const auto own = own_fields();
  return istarts_with(name, kOwnFieldPrefix) ||
         std::any_of(own.begin(), own.end(), [name](auto one) { return iequals(one, name); });
}

}  // namespace

FieldFate fate_of_field(std::string_view name, std::string_view value) {
  for (const KnownField& known : kKnownFields) {
    if (is_named(name, known)) return known.fate;
  }
  if (is_own_field(name)) return FieldFate::own;
  switch (kind_of_name(name)) {
    case NameKind::credential:
      return FieldFate::credential;
    case NameKind::passing:
      return FieldFate::passing_secret;
    case NameKind::plain:
      break;
  }
  return looks_like_secret(value) ? FieldFate::maybe_credential : FieldFate::session;
}

}  // namespace trunkd
