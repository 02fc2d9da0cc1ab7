// The server's side of TLS, for the demo's origin and the tests.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/scheduler.h"
#include "base/transport.h"
#include "net/tls_context.h"

namespace trunkd {

struct TlsServerSettings {
  std::string certificate;  // PEM; the leaf first, then its issuers
  std::string key;          // PEM
  TlsVersion min_version = TlsVersion::tls12;
  TlsVersion max_version = TlsVersion::tls13;
  std::string client_authority{};  // PEM; whose certificates clients must show; empty: none asked
  bool tickets = true;             // else TLS 1.2 session ids, and TLS 1.3 is not resumed
};

struct TlsAccepted {
  std::unique_ptr<Transport> transport;  // reading is off
  bool resumed = false;                  // no certificate was sent
  std::string client;                    // the subject of its certificate, "CN=robot"; may be empty
};

// A handshake of a client that came. Destroying it closes the connection.
class TlsAccept : public Disposable {};

class TlsServerContext {
 public:
  static Result<std::unique_ptr<TlsServerContext>> create(const TlsServerSettings& settings);
  ~TlsServerContext();

  // `done` is called once and never from inside; it may destroy the TlsAccept. How long it may take
  // is the caller's business. Connections may outlive the context.
  std::unique_ptr<TlsAccept> accept(Scheduler& scheduler, std::unique_ptr<Transport> transport,
                                    std::function<void(Result<TlsAccepted>)> done);

 private:
  struct State;
  explicit TlsServerContext(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace trunkd
