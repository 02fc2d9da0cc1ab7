// The request target (RFC 9112, 3.2), taken apart as far as routing needs it.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"
#include "http/url.h"

namespace trunkd {

// Views into the request head that it was read from.
struct RequestTarget {
  enum class Form : uint8_t { origin, asterisk, absolute };
  Form form = Form::origin;
  std::string_view authority;  // of the absolute form; else of the Host field; may be empty
  std::string_view path;       // path and query as written, "*", or empty (absolute form only)
  std::optional<Url> url;      // absolute form

  bool absolute() const { return form == Form::absolute; }
};

// Errors: malformed_request. CONNECT's authority form is not for here.
Result<RequestTarget> parse_request_target(const RequestHead& request,
                                           std::optional<std::string_view> host);

// base path + endpoint + request target (product.md, section 2): "/" (or nothing before the query)
// appends nothing, slashes between the parts are normalised once, dot segments stay, the query is
// kept byte for byte.
std::string join_target(std::string_view base_path, std::string_view request_target);

// "/s/NAME/rest": what the path way of naming a session says.
struct PathPrefix {
  std::string_view prefix;  // "/s/NAME"
  std::string_view name;
  std::string_view rest;  // "/rest", "?query" or empty
};
std::optional<PathPrefix> session_prefix(std::string_view path);

// "/https/host[:port]/rest", behind the prefix of a multi-host session.
struct PathTarget {
  std::string_view scheme;
  std::string_view authority;
  std::string_view rest;
};
std::optional<PathTarget> path_target(std::string_view path);

}  // namespace trunkd
