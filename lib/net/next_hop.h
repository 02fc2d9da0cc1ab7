// NextHop: what is connected to in the origin's place (a proxy), and what is said to it before the
// origin hears anything.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/origin.h"
#include "base/result.h"
#include "base/task_queue.h"
#include "base/transport.h"

namespace trunkd {

// A way to the origin, open for its bytes.
struct OpenedWay {
  std::unique_ptr<Transport> transport;  // reads nothing, and nobody listens
  std::string first_bytes;               // that came behind the proxy's answer, the origin's
};

// The talk between the TCP connection to a proxy and the first byte for the origin.
class ProxyHandshake : public Disposable {
 public:
  using Done = std::function<void(Result<OpenedWay>)>;

  // `done` is called once, at the earliest from inside start(); it may dispose of the handshake,
  // never destroy it. Destroying it earlier closes the transport.
  virtual void start(std::unique_ptr<Transport> transport, Done done) = 0;
};

class NextHop {
 public:
  virtual ~NextHop() = default;

  virtual const std::string& host() const = 0;  // as in an Origin
  virtual uint16_t port() const = 0;
  std::string name() const { return authority_with_port(host(), port()); }
  // The setting that named it, for errors; a constant.
  virtual std::string_view setting() const = 0;
  // Null: the bytes for this origin follow at once.
  virtual std::unique_ptr<ProxyHandshake> handshake(const Origin& origin) const = 0;
};

}  // namespace trunkd
