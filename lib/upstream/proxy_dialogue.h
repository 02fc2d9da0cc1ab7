// ProxyDialogue: what the handshakes with all kinds of proxies share: the stream, its end, and one
// way out.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/origin.h"
#include "net/next_hop.h"
#include "upstream/proxy_access.h"

namespace trunkd {

class ProxyDialogue : public ProxyHandshake, private TransportListener {
 public:
  ~ProxyDialogue() override;

  void start(std::unique_ptr<Transport> transport, Done done) final;

 protected:
  // `access` must outlive it.
  ProxyDialogue(const ProxyAccess& access, const Origin& origin);

  virtual void begin() = 0;                            // there is a connection: say()
  virtual void on_answer(std::string_view bytes) = 0;  // the next bytes of the proxy
  virtual Error ended_early() const = 0;               // it has closed the connection

  void say(std::string_view bytes) { transport_->write(bytes); }
  // One of these ends it, as the last statement.
  void open(std::string_view first_bytes);
  void fail(Error error);

  const ProxyAccess& access() const { return access_; }
  const std::string& host() const { return host_; }
  uint16_t port() const { return port_; }
  // "api.example:443", always with the port (RFC 9110, 9.3.6).
  const std::string& target() const { return target_; }

 private:
  void on_bytes(std::string_view bytes) override;
  void on_end() override;
  void on_transport_error(const Error& error) override;
  void on_drained() override {}

  const ProxyAccess& access_;
  const std::string host_;
  const uint16_t port_;
  const std::string target_;
  std::unique_ptr<Transport> transport_;
  Done done_;  // empty once it is over
};

}  // namespace trunkd
