// What a parser says of a message: its head and how its body is framed.

#pragma once

#include <cstdint>
#include <string>

#include "http/headers.h"

namespace trunkd {

// Limits of a head that untrusted peers must keep to (both sides).
struct HeadLimits {
  size_t head = size_t{64} * 1024;  // start line and fields together, in bytes; trailers likewise
  size_t target = size_t{16} * 1024;
  size_t fields = 128;
};

enum class Framing : uint8_t {
  none,         // no body
  length,       // Content-Length
  chunked,      // Transfer-Encoding: chunked
  until_close,  // ends with the connection (responses only)
};

struct BodyFraming {
  Framing kind = Framing::none;
  uint64_t length = 0;  // with Framing::length; may be 0 ("Content-Length: 0")

  bool has_body() const {
    return kind != Framing::none && !(kind == Framing::length && length == 0);
  }
};

struct RequestHead {
  std::string method;  // as received; one that llhttp knows
  std::string target;  // as received, any of the four forms of RFC 9112, 3.2
  int minor_version = 1;
  bool keep_alive = true;  // what the sender asked for (RFC 9112, 9.3)
  bool expect_continue = false;
  BodyFraming framing;
  Headers headers;
};

struct ResponseHead {
  int status = 0;
  std::string reason;
  int minor_version = 1;
  bool keep_alive = true;  // the origin will keep the connection after this message
  BodyFraming framing;
  Headers headers;
};

}  // namespace trunkd
