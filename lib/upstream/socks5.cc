#include "upstream/socks5.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/ip_address.h"

namespace trunkd {
namespace {

// RFC 1928, 3 to 6, and RFC 1929, 2.
constexpr uint8_t kVersion = 5;
constexpr uint8_t kLoginVersion = 1;
constexpr uint8_t kNoLogin = 0;
constexpr uint8_t kUserAndPassword = 2;
constexpr uint8_t kNoMethod = 0xff;
constexpr uint8_t kConnect = 1;
constexpr uint8_t kIpv4 = 1;
constexpr uint8_t kName = 3;
constexpr uint8_t kIpv6 = 4;

void append_byte(std::string& out, size_t byte) { out += static_cast<char>(byte); }

void append_counted(std::string& out, std::string_view text) {
  assert(text.size() <= 255);
  append_byte(out, text.size());
  out += text;
}

Socks5Client::Failure failure_for(uint8_t result) {
  using enum ErrorKind;
  switch (result) {
    case 1:
      return {proxy_failed, "it says \"general failure\""};
    case 2:
      return {proxy_refused, "its rules do not allow it"};
    case 3:
      return {proxy_failed, "the network is unreachable from it"};
    case 4:
      return {proxy_failed, "the host is unreachable from it"};
    case 5:
      return {proxy_failed, "the host refused its connection"};
    case 6:
      return {proxy_failed, "the host is too many hops away from it"};
    case 7:
      return {proxy_refused, "it does not know the command CONNECT"};
    case 8:
      return {proxy_refused, "it does not know this type of address"};
    default:
      return {proxy_failed, "it says failure " + std::to_string(result) + ", which has no meaning"};
  }
}

}  // namespace

Socks5Client::Socks5Client(std::string host, uint16_t port, std::optional<Login> login)
    : host_(std::move(host)), port_(port), login_(std::move(login)) {}

std::string Socks5Client::greeting() const {
  std::string out;
  append_byte(out, kVersion);
  append_byte(out, login_ ? 2 : 1);
  append_byte(out, kNoLogin);
  if (login_) append_byte(out, kUserAndPassword);
  return out;
}

size_t Socks5Client::read(std::string_view bytes, std::string& out) {
  size_t used = 0;
  while (used < bytes.size() && expected_ != Expected::nothing) {
    const size_t count = std::min(wanted_ - received_.size(), bytes.size() - used);
    received_.append(bytes.substr(used, count));
    used += count;
    if (received_.size() == wanted_) take(out);
  }
  return used;
}

void Socks5Client::take(std::string& out) {
  switch (expected_) {
    case Expected::method:
      return take_method(out);
    case Expected::login_status:
      if (received_[0] != kLoginVersion) {
        return fail(ErrorKind::proxy_protocol, "its answer to the login is not one of RFC 1929");
      }
      if (received_[1] != 0) {
        return fail(ErrorKind::proxy_auth, "it refused the user name and the password");
      }
      append_request(out);
      return expect(Expected::result, 2);
    case Expected::result:
      return take_result();
    case Expected::bound_type:
      return take_bound_type();
    case Expected::bound_rest:  // where it connects from; of no use to us
    case Expected::nothing:
      return expect(Expected::nothing, 0);
  }
}

void Socks5Client::take_method(std::string& out) {
  const auto method = static_cast<uint8_t>(received_[1]);
  if (received_[0] != kVersion) return fail(ErrorKind::proxy_protocol, "it does not speak SOCKS 5");
  if (method == kNoLogin) {
    append_request(out);
    return expect(Expected::result, 2);
  }
  if (method == kUserAndPassword && login_) {
    append_login(out);
    return expect(Expected::login_status, 2);
  }
  if (method != kNoMethod) {
    return fail(ErrorKind::proxy_protocol, "it chose a way to log in that was not offered");
  }
  fail(ErrorKind::proxy_auth, login_ ? "it does not take a user name and a password"
                                     : "it does not let in who has no login");
}

// A failure may have nothing behind it.
void Socks5Client::take_result() {
  if (received_[0] != kVersion) {
    return fail(ErrorKind::proxy_protocol, "its answer is not one of SOCKS 5");
  }
  const auto result = static_cast<uint8_t>(received_[1]);
  if (result == 0) return expect(Expected::bound_type, 3);
  Failure failure = failure_for(result);
  fail(failure.kind, std::move(failure.what));
}

// RSV, ATYP and the first byte of the address, which is the length of a name.
void Socks5Client::take_bound_type() {
  constexpr size_t kPort = 2;
  const auto first = static_cast<uint8_t>(received_[2]);
  switch (static_cast<uint8_t>(received_[1])) {
    case kIpv4:
      return expect(Expected::bound_rest, 3 + kPort);
    case kIpv6:
      return expect(Expected::bound_rest, 15 + kPort);
    case kName:
      return expect(Expected::bound_rest, first + kPort);
    default:
      return fail(ErrorKind::proxy_protocol, "its answer has an unknown type of address");
  }
}

void Socks5Client::append_login(std::string& out) const {
  append_byte(out, kLoginVersion);
  append_counted(out, login_->user);
  append_counted(out, login_->password);
}

void Socks5Client::append_request(std::string& out) const {
  append_byte(out, kVersion);
  append_byte(out, kConnect);
  append_byte(out, 0);
  if (const auto address = IpAddress::parse(host_)) {
    append_byte(out, address->ipv6 ? kIpv6 : kIpv4);
    for (size_t i = 0; i < address->bits() / 8; ++i) append_byte(out, address->bytes[i]);
  } else {
    append_byte(out, kName);
    append_counted(out, host_);
  }
  append_byte(out, port_ >> 8);
  append_byte(out, port_ & 0xff);
}

void Socks5Client::expect(Expected what, size_t bytes) {
  expected_ = what;
  wanted_ = bytes;
  received_.clear();
}

void Socks5Client::fail(ErrorKind kind, std::string what) {
  failure_ = Failure{kind, std::move(what)};
  expect(Expected::nothing, 0);
}

}  // namespace trunkd
