#include "upstream/socks_connect.h"

#include <string>
#include <utility>

namespace trunkd {

void SocksConnect::begin() {
  std::optional<Socks5Client::Login> login;
  if (access().has_login()) {
    const auto password = access().password();
    if (!password) return fail(password.error());
    if (password->empty() || password->size() > Socks5Client::kMaxLogin) {
      return fail({ErrorKind::credential_unavailable,
                   "the password of upstream_proxy cannot be used: in SOCKS 5 it has from 1 to 255 "
                   "bytes"});
    }
    login = {access().user(), std::string(*password)};
  }
  client_.emplace(host(), port(), std::move(login));
  say(client_->greeting());
}

void SocksConnect::on_answer(std::string_view bytes) {
  std::string reply;
  const size_t used = client_->read(bytes, reply);
  if (!reply.empty()) say(reply);
  if (client_->failure()) return fail_as(*client_->failure());
  if (client_->open()) open(bytes.substr(used));
}

void SocksConnect::fail_as(const Socks5Client::Failure& failure) {
  Error error{failure.kind, "the proxy " + access().name() + " did not open the way to " +
                                target() + ": " + failure.what};
  if (failure.kind == ErrorKind::proxy_auth) {
    error.hint = access().has_login()
                     ? "The user or the password in upstream_proxy is not the right one."
                     : "Let upstream_proxy say who we are: {url: \"socks5h://" + access().name() +
                           "\", user: NAME, password: \"file:/PATH\"}.";
  }
  fail(std::move(error));
}

Error SocksConnect::ended_early() const {
  return {ErrorKind::connection_terminated, "the proxy " + access().name() +
                                                " closed the connection before the way to " +
                                                target() + " was open"};
}

}  // namespace trunkd
