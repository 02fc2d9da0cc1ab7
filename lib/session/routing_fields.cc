#include "session/routing_fields.h"

#include "base/base64.h"
#include "base/text.h"

namespace trunkd {
namespace {

constexpr std::string_view kPreflightPrefix = "access-control-request-";

void note(RoutingFields& fields, std::optional<std::string_view>& slot, const Field& field) {
  if (slot) fields.repeated = field.name;
  slot = field.value;
}

}  // namespace

// The first letter rules out nearly all fields of a usual request.
RoutingFields routing_fields(const Headers& headers) {
  RoutingFields fields;
  for (const Field field : headers) {
    const std::string_view name = field.name;
    switch (name.empty() ? '\0' : ascii_lower(name.front())) {
      case 'h':
        if (iequals(name, "host")) note(fields, fields.host, field);
        break;
      case 't':
        if (iequals(name, "trunkd-session")) note(fields, fields.session, field);
        if (iequals(name, "trunkd-target")) note(fields, fields.target, field);
        break;
      case 'p':
        if (iequals(name, "proxy-authorization")) note(fields, fields.proxy_authorization, field);
        break;
      case 'o':
        if (!iequals(name, "origin")) break;
        fields.several_origins = fields.origin.has_value();
        if (!fields.origin) fields.origin = field.value;
        break;
      case 's':
        if (iequals(name, "sec-fetch-site") &&
            (iequals(field.value, "cross-site") || iequals(field.value, "same-site"))) {
          fields.cross_site = true;
        }
        break;
      case 'a':
        if (istarts_with(name, kPreflightPrefix)) fields.preflight = true;
        break;
      default:
        break;
    }
  }
  return fields;
}

Result<std::string> proxy_user(std::string_view proxy_authorization) {
  const auto malformed = [](const char* why) {
    return failure(ErrorKind::proxy_session_missing,
                   std::string("Proxy-Authorization cannot be read: ") + why);
  };
  if (!istarts_with(proxy_authorization, "basic ")) return malformed("its scheme is not Basic");
  const auto credentials = decode_base64(trim(proxy_authorization.substr(6)));
  if (!credentials) return malformed("it is not base64");
  const size_t colon = credentials->find(':');
  if (colon == std::string::npos) return malformed("it has no colon between user and password");
  if (colon == 0) return malformed("the user name, which names the session, is empty");
  return credentials->substr(0, colon);
}

}  // namespace trunkd
