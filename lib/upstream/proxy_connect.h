// ProxyConnect: asks an HTTP proxy for a tunnel to an origin (CONNECT; RFC 9110, 9.3.6).

#pragma once

#include <optional>

#include "http/response_parser.h"
#include "upstream/proxy_dialogue.h"

namespace trunkd {

class ProxyConnect final : public ProxyDialogue, private ResponseListener {
 public:
  // The longest head of an answer that is read.
  static constexpr HeadLimits kLimits{.head = size_t{16} * 1024};

  // `access` must outlive it. Any 2xx is a tunnel, and what follows its head is the origin's.
  // Errors: proxy_auth (407, 401), proxy_failed (5xx), proxy_refused (any other), proxy_protocol
  // (no answer of HTTP/1), connection_terminated, credential_unavailable (nothing was sent).
  ProxyConnect(const ProxyAccess& access, const Origin& origin);

 private:
  void begin() override;
  void on_answer(std::string_view bytes) override;
  Error ended_early() const override;

  void on_informational(ResponseHead&&) override {}
  void on_response_head(ResponseHead&& head) override;
  void on_response_body(std::string_view) override {}
  void on_response_end(Headers&&) override { answered_ = true; }
  void on_response_error(const Error& error) override;

  std::string asked() const { return "CONNECT " + target(); }

  ResponseParser parser_;
  bool answered_ = false;
  std::optional<Error> error_;  // what the answer says, until the parser has returned
};

}  // namespace trunkd
