// Tunnel: two transports after a 101 or a CONNECT, joined byte for byte until both have ended.

#pragma once

#include <memory>
#include <string_view>

#include "base/scheduler.h"
#include "base/transport.h"

namespace trunkd {

class TunnelOwner {
 public:
  virtual void on_tunnel_end() = 0;  // said once; dispose of the tunnel, never destroy it

 protected:
  ~TunnelOwner() = default;
};

class Tunnel final : public Disposable {
 public:
  // Why it has ended. On all but `finished` both sides are reset.
  enum class End : uint8_t { finished, client_broke, origin_broke, idle };

  // Owns both transports. `idle`: silence in both directions that ends it; zero: none does.
  Tunnel(Scheduler& scheduler, TunnelOwner& owner, std::unique_ptr<Transport> downstream,
         std::unique_ptr<Transport> upstream, Duration idle);

  // What each side has sent already goes first; `downstream_ended`: the client's FIN too.
  void start(std::string_view from_downstream, std::string_view from_upstream,
             bool downstream_ended);

  void cancel();  // breaks both sides off; nothing more is said to the owner

  End end() const { return end_; }
  uint64_t bytes_up() const { return downstream_.received; }
  uint64_t bytes_down() const { return upstream_.received; }

 private:
  // One side: what it says goes to the other one.
  struct Side final : TransportListener {
    Side(Tunnel& owner, std::unique_ptr<Transport> stream)
        : tunnel(owner), transport(std::move(stream)) {}
    ~Side() { transport->set_listener(nullptr); }
    void on_bytes(std::string_view bytes) override;
    void on_end() override;
    void on_transport_error(const Error& error) override;
    void on_drained() override;

    Tunnel& tunnel;
    std::unique_ptr<Transport> transport;
    Side* other = nullptr;
    uint64_t received = 0;
    bool ended = false;
  };

  void forward(Side& from, std::string_view bytes);
  void alive();
  void end_if_done();
  void break_off(End why);

  Scheduler& scheduler_;
  TunnelOwner& owner_;
  const Duration idle_;
  Side downstream_;
  Side upstream_;
  Timer deadline_;
  End end_ = End::finished;
  bool over_ = false;
};

}  // namespace trunkd
