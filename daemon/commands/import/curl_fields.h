// What becomes of a header field that curl was told to send.

#pragma once

#include <cstdint>
#include <string_view>

namespace trunkd {

enum class FieldFate : uint8_t {
  session,         // the session adds it where the client has none
  session_always,  // every client sends one of its own, so the session puts its own in its place
  request,         // it is about this request alone: it stays with the client
  cookies,
  authorization,
  credential,        // by its name, a secret that shows who asks
  maybe_credential,  // by its value
  passing_secret,
  host,
  own,      // trunkd makes it for each connection
  coding,   // Accept-Encoding: each client says what it can decode
  browser,  // tells of a browser, which trunkd is not
};

// `value` counts where the name says nothing.
FieldFate fate_of_field(std::string_view name, std::string_view value);

}  // namespace trunkd
