#include "http/message_rules.h"

#include <algorithm>
#include <array>
#include <llhttp.h>

#include "base/text.h"
#include "http/characters.h"
#include "http/fields.h"

namespace trunkd {
namespace {

using enum ErrorKind;

#define TRUNKD_METHOD(number, identifier, name) std::string_view(#name),
constexpr std::array kParserMethods = {HTTP_METHOD_MAP(TRUNKD_METHOD)};
#undef TRUNKD_METHOD

// The fields that decide where a message ends.
struct FramingFields {
  size_t lengths = 0;
  size_t codings = 0;
  std::string_view length;
  std::string_view coding;
};

FramingFields find_framing_fields(const Headers& headers) {
  FramingFields found;
  for (const Field field : headers) {
    if (iequals(field.name, "Content-Length")) {
      ++found.lengths;
      found.length = field.value;
    } else if (iequals(field.name, "Transfer-Encoding")) {
      ++found.codings;
      found.coding = field.value;
    }
  }
  return found;
}

// What the two fields say; Framing::none if neither is there.
Checked<BodyFraming> declared_framing(const Headers& headers, int minor_version, ErrorKind kind) {
  const auto refuse = [&](std::string_view why) { return tl::unexpected(Violation{kind, why}); };
  const FramingFields fields = find_framing_fields(headers);
  if (fields.lengths + fields.codings == 0) return BodyFraming{};
  if (fields.codings > 0) {
    if (fields.lengths > 0) return refuse("Content-Length beside Transfer-Encoding");
    if (minor_version == 0) return refuse("Transfer-Encoding in HTTP/1.0");
    if (fields.codings > 1) return refuse("several Transfer-Encoding fields");
    if (!iequals(fields.coding, "chunked")) return refuse("a Transfer-Encoding but \"chunked\"");
    return BodyFraming{Framing::chunked};
  }
  if (fields.lengths > 1) return refuse("several Content-Length fields");
  // 63 bits: what others keep in a signed integer.
  const auto length = parse_decimal(fields.length);
  if (!length || *length > INT64_MAX) return refuse("an invalid Content-Length");
  return BodyFraming{Framing::length, *length};
}

bool is_port(std::string_view text) {
  const auto port = parse_decimal(text);
  return text.size() <= 5 && port && *port > 0 && *port <= 65535;
}

enum class Port { optional, required };

// host [":" port], cheaply: normalize_host() has the last word when the host is used.
bool is_authority(std::string_view text, Port port) {
  size_t host_end = 0;
  if (text.starts_with('[')) {
    const size_t bracket = text.find(']');
    if (bracket == text.npos) return false;
    const std::string_view address = text.substr(1, bracket - 1);
    const auto valid = [](char c) { return is_hex_digit(c) || c == ':' || c == '.'; };
    if (address.size() < 2 || !std::all_of(address.begin(), address.end(), valid)) return false;
    host_end = bracket + 1;
  } else {
    while (host_end < text.size() && is_host_char(text[host_end])) ++host_end;
  }
  if (host_end == 0) return false;
  const std::string_view rest = text.substr(host_end);
  if (rest.empty()) return port == Port::optional;
  return rest.front() == ':' && is_port(rest.substr(1));
}

// scheme "://" authority, then a path, a query or nothing. Which schemes are served is the router's
// business.
bool is_absolute_form(std::string_view target) {
  const size_t colon = target.find("://");
  if (colon == target.npos || colon == 0 || !is_alpha(target.front())) return false;
  const std::string_view scheme = target.substr(0, colon);
  const auto valid = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  };
  const std::string_view rest = target.substr(colon + 3);
  return std::all_of(scheme.begin(), scheme.end(), valid) &&
         is_authority(rest.substr(0, rest.find_first_of("/?")), Port::optional);
}

bool has_no_content(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

bool is_known_method(std::string_view method) {
  return std::find(kParserMethods.begin(), kParserMethods.end(), method) != kParserMethods.end();
}

std::optional<Violation> check_target(std::string_view method, std::string_view target) {
  if (target.empty()) return Violation{malformed_request, "an empty request target"};
  if (method == "CONNECT") {
    if (is_authority(target, Port::required)) return std::nullopt;
    return Violation{malformed_request, "CONNECT needs HOST:PORT as its target"};
  }
  if (target == "*") {
    if (method == "OPTIONS") return std::nullopt;
    return Violation{malformed_request, "the target * is for OPTIONS only"};
  }
  if (target.find('#') != target.npos) {
    return Violation{malformed_request, "a fragment in the request target"};
  }
  if (target.front() == '/' || is_absolute_form(target)) return std::nullopt;
  return Violation{malformed_request, "a request target that is neither a path nor a URL"};
}

std::optional<Violation> check_host(const RequestHead& head) {
  size_t count = 0;
  std::string_view host;
  for (const Field field : head.headers) {
    if (!iequals(field.name, "Host")) continue;
    ++count;
    host = field.value;
  }
  if (count > 1) return Violation{malformed_request, "several Host fields"};
  if (count == 0) {
    if (head.minor_version == 0) return std::nullopt;
    return Violation{malformed_request, "no Host field"};
  }
  if (is_authority(host, Port::optional)) return std::nullopt;
  return Violation{malformed_request, "an invalid Host field"};
}

Checked<BodyFraming> request_framing(const RequestHead& head) {
  auto framing = declared_framing(head.headers, head.minor_version, malformed_request);
  if (framing && framing->kind != Framing::none && head.method == "CONNECT") {
    return tl::unexpected(Violation{malformed_request, "CONNECT with a body"});
  }
  return framing;
}

Checked<BodyFraming> response_framing(const ResponseHead& head, bool head_request) {
  auto framing = declared_framing(head.headers, head.minor_version, bad_response);
  if (!framing) return framing;
  // Here the length would frame nothing and the next bytes would pass for the next response.
  if (head.status < 200 || head.status == 204) {
    if (framing->has_body()) {
      return tl::unexpected(Violation{bad_response, "a body announced where there can be none"});
    }
  }
  if (head_request || has_no_content(head.status)) return BodyFraming{};
  if (framing->kind == Framing::none) return BodyFraming{Framing::until_close};
  return framing;
}

bool sender_keeps_alive(const Headers& headers, int minor_version) {
  const ConnectionOptions options(headers);
  return !options.close() && (minor_version > 0 || options.keep_alive());
}

}  // namespace trunkd
