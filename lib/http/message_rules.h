// The rules about whole heads that llhttp leaves to us or knows only in part: framing, Host,
// targets and persistence. Pure, and stricter than the RFC where it lets recipients choose.

#pragma once

#include <optional>
#include <string_view>
#include <tl/expected.hpp>

#include "base/error.h"
#include "http/message.h"

namespace trunkd {

// An error before it becomes text of its own: `detail` has static lifetime, so that rules cost no
// allocation.
struct Violation {
  ErrorKind kind;
  std::string_view detail;
};

template <typename T>
using Checked = tl::expected<T, Violation>;

// One that llhttp can parse. Methods are case-sensitive (RFC 9110, 9.1).
bool is_known_method(std::string_view method);

// The four forms of RFC 9112, 3.2: asterisk-form for OPTIONS only, authority-form for CONNECT and
// only that. `target` is visible ASCII.
std::optional<Violation> check_target(std::string_view method, std::string_view target);

// Exactly one valid Host field, at most one in HTTP/1.0 (RFC 9112, 3.2).
std::optional<Violation> check_host(const RequestHead& head);

// RFC 9112, 6.3. Whatever two recipients could read differently is refused: any Transfer-Encoding
// but a single "chunked", one in HTTP/1.0 or beside Content-Length, several Content-Lengths even if
// they agree.
Checked<BodyFraming> request_framing(const RequestHead& head);
// `head_request`: it answers a HEAD.
Checked<BodyFraming> response_framing(const ResponseHead& head, bool head_request);

// RFC 9112, 9.3. Proxy-Connection says nothing here (appendix C.2.2).
bool sender_keeps_alive(const Headers& headers, int minor_version);

}  // namespace trunkd
