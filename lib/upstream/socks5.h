// Socks5Client: the client's side of SOCKS 5 (RFC 1928) with user and password (RFC 1929), as bytes
// in and bytes out. The proxy resolves the name.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace trunkd {

class Socks5Client {
 public:
  // A user and a password may have so many bytes each, and at least one.
  static constexpr size_t kMaxLogin = 255;

  struct Login {
    std::string user;
    std::string password;
  };
  struct Failure {
    ErrorKind kind;    // proxy_auth, proxy_refused, proxy_failed, proxy_protocol
    std::string what;  // "it refused the user name and the password"
  };

  // `host` is an address literal or a name of at most 255 bytes; without `login` none is offered.
  Socks5Client(std::string host, uint16_t port, std::optional<Login> login);

  std::string greeting() const;  // what is sent first

  // Reads bytes of the proxy and appends to `out` what they ask to be sent. Returns how many it
  // used: all, unless it is open() or has failed; what is left is the origin's.
  size_t read(std::string_view bytes, std::string& out);

  bool open() const { return expected_ == Expected::nothing && !failure_; }
  const std::optional<Failure>& failure() const { return failure_; }

 private:
  // What comes next; in this order. The reply is read in parts because its length is in it.
  enum class Expected : uint8_t { method, login_status, result, bound_type, bound_rest, nothing };

  void take(std::string& out);
  void take_method(std::string& out);
  void take_result();
  void take_bound_type();
  void append_login(std::string& out) const;
  void append_request(std::string& out) const;
  void expect(Expected what, size_t bytes);
  void fail(ErrorKind kind, std::string what);

  const std::string host_;
  const uint16_t port_;
  const std::optional<Login> login_;
  Expected expected_ = Expected::method;
  size_t wanted_ = 2;     // bytes of what is expected
  std::string received_;  // of these
  std::optional<Failure> failure_;
};

}  // namespace trunkd
