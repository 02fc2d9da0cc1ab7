// ProxyAccess: a proxy's name for errors, and who we are to it.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "http/message.h"

namespace trunkd {

class ProxyAccess {
 public:
  static constexpr std::string_view kSetting = "upstream_proxy";

  // `name` is "proxy.example:3128"; `user` is empty without a login, `password` null if it is
  // empty.
  ProxyAccess(std::string name, std::string user, std::shared_ptr<const Secret> password)
      : name_(std::move(name)), user_(std::move(user)), password_(std::move(password)) {}

  const std::string& name() const { return name_; }
  bool has_login() const { return !user_.empty(); }
  const std::string& user() const { return user_; }
  // Of this moment; good until the next event of the loop. Error: credential_unavailable.
  Result<std::string_view> password() const;

  // Appends a Proxy-Authorization field (RFC 9110, 11.7.2; RFC 7617), or nothing without a login.
  // Never for a head that an origin gets to see. Error: credential_unavailable; nothing was
  // appended.
  Result<void> append_authorization(std::string& out) const;

  // What a 407 means to us; `asked` is what it answers, "CONNECT a.example:443".
  Error login_refused(std::string_view asked, const ResponseHead& answer) const;

 private:
  const std::string name_;
  const std::string user_;
  const std::shared_ptr<const Secret> password_;
};

}  // namespace trunkd
