#include "http/fields.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "http/characters.h"

namespace trunkd {
namespace {

template <size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view known) { return iequals(name, known); });
}

// What a sender may call hop-by-hop without being obeyed: without them the message would mean
// something else (RFC 9110, 7.6.1: never a field intended for all recipients of the content).
constexpr auto kEndToEnd = std::to_array<std::string_view>({
    "Host",          "Content-Length", "Content-Type",     "Content-Encoding",
    "Content-Range", "Authorization",  "WWW-Authenticate", "Cookie",
    "Set-Cookie",    "Date",           "Cache-Control",    "Expires",
    "Vary",          "ETag",           "Last-Modified",    "Location",
    "Range",         "Origin",         "Idempotency-Key",
});

// Framing, routing, request modifiers, authentication, response control and content format.
constexpr auto kForbiddenTrailers = std::to_array<std::string_view>({
    "Host",
    "Content-Length",
    "Content-Type",
    "Content-Encoding",
    "Content-Range",
    "Authorization",
    "WWW-Authenticate",
    "Cookie",
    "Set-Cookie",
    "Cache-Control",
    "Expect",
    "Max-Forwards",
    "Pragma",
    "Range",
    "If-Match",
    "If-None-Match",
    "If-Modified-Since",
    "If-Unmodified-Since",
    "If-Range",
    "Age",
    "Expires",
    "Date",
    "Location",
    "Retry-After",
    "Vary",
    "Warning",
    "Via",
    "Forwarded",
    "Origin",
    "Idempotency-Key",
});

}  // namespace

bool is_hop_by_hop(std::string_view name) {
  switch (name.size()) {  // asked for every field of every message
    case 2:
      return iequals(name, "TE");
    case 7:
      return iequals(name, "Upgrade") || iequals(name, "Trailer");
    case 10:
      return iequals(name, "Connection") || iequals(name, "Keep-Alive");
    case 14:
      return iequals(name, "HTTP2-Settings");
    case 16:
      return iequals(name, "Proxy-Connection");
    case 17:
      return iequals(name, "Transfer-Encoding");
    case 18:
      return iequals(name, "Proxy-Authenticate");
    case 19:
      return iequals(name, "Proxy-Authorization");
    case 25:
      return iequals(name, "Proxy-Authentication-Info");
    default:
      return false;
  }
}

Duration keep_alive_timeout(const Headers& headers) {
  constexpr std::string_view kTimeout = "timeout=";
  constexpr uint64_t kDay = 24 * 60 * 60;  // longer ones are as good as none
  Duration timeout{};
  const auto field = headers.get("Keep-Alive");
  if (!field) return timeout;
  for_each_member(*field, [&](std::string_view member) {
    if (!istarts_with(member, kTimeout)) return true;
    const auto seconds = parse_decimal(member.substr(kTimeout.size()));
    if (seconds) timeout = std::chrono::seconds(std::min(*seconds, kDay));
    return false;
  });
  return timeout;
}

bool is_framing_field(std::string_view name) {
  return iequals(name, "content-length") || iequals(name, "transfer-encoding");
}

ConnectionOptions::ConnectionOptions(const Headers& headers) {
  for (const Field field : headers) {
    if (!iequals(field.name, "Connection")) continue;
    for_each_member(field.value, [&](std::string_view option) {
      if (iequals(option, "close")) {
        close_ = true;
      } else if (iequals(option, "keep-alive")) {
        keep_alive_ = true;
      } else if (iequals(option, "upgrade")) {
        upgrade_ = true;
      } else {
        others_.push_back(option);
      }
      return true;
    });
  }
}

bool ConnectionOptions::lists(std::string_view name) const {
  const auto matches = [&](std::string_view option) { return iequals(option, name); };
  return std::any_of(others_.begin(), others_.end(), matches) && !is_one_of(name, kEndToEnd);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_text_char);
}

bool is_idempotent(std::string_view method) {
  static constexpr auto kIdempotent =
      std::to_array<std::string_view>({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"});
  return std::find(kIdempotent.begin(), kIdempotent.end(), method) != kIdempotent.end();
}

bool is_forbidden_trailer(std::string_view name) {
  return is_hop_by_hop(name) || istarts_with(name, "Trunkd-") ||
         is_one_of(name, kForbiddenTrailers);
}

}  // namespace trunkd
