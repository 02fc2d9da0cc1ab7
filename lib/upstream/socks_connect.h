// SocksConnect: asks a SOCKS 5 proxy for a connection to an origin.

#pragma once

#include <optional>

#include "upstream/proxy_dialogue.h"
#include "upstream/socks5.h"

namespace trunkd {

class SocksConnect final : public ProxyDialogue {
 public:
  // `access` must outlive it. Errors: those of Socks5Client, connection_terminated,
  // credential_unavailable (nothing was sent).
  SocksConnect(const ProxyAccess& access, const Origin& origin) : ProxyDialogue(access, origin) {}

 private:
  void begin() override;
  void on_answer(std::string_view bytes) override;
  Error ended_early() const override;
  void fail_as(const Socks5Client::Failure& failure);

  std::optional<Socks5Client> client_;  // from begin() on
};

}  // namespace trunkd
