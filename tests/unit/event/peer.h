// Peer: one end of a connection in a test; remembers what it was told.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/transport.h"

namespace trunkd {

class Peer : public TransportListener {
 public:
  Peer() = default;
  explicit Peer(std::unique_ptr<Transport> with) { take(std::move(with)); }
  virtual ~Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void take(std::unique_ptr<Transport> with) {
    transport = std::move(with);
    transport->set_listener(this);
  }
  bool over() const { return ended || error; }

  void on_bytes(std::string_view bytes) override { received += bytes; }
  void on_end() override { ended = true; }
  void on_transport_error(const Error& what) override { error = what; }
  void on_drained() override { ++drained; }

  std::unique_ptr<Transport> transport;
  std::string received;
  bool ended = false;
  std::optional<Error> error;
  int drained = 0;
};

}  // namespace trunkd
