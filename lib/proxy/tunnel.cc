#include "proxy/tunnel.h"

namespace trunkd {
namespace {

constexpr size_t kHighWater = 64 * 1024;

}  // namespace

Tunnel::Tunnel(Scheduler& scheduler, TunnelOwner& owner, std::unique_ptr<Transport> downstream,
               std::unique_ptr<Transport> upstream, Duration idle)
    : scheduler_(scheduler),
      owner_(owner),
      idle_(idle),
      downstream_(*this, std::move(downstream)),
      upstream_(*this, std::move(upstream)),
      deadline_(scheduler, [this] { break_off(End::idle); }) {
  downstream_.other = &upstream_;
  upstream_.other = &downstream_;
}

void Tunnel::start(std::string_view from_downstream, std::string_view from_upstream,
                   bool downstream_ended) {
  downstream_.transport->set_listener(&downstream_);
  upstream_.transport->set_listener(&upstream_);
  alive();
  forward(downstream_, from_downstream);
  forward(upstream_, from_upstream);
  downstream_.transport->start_reading();
  upstream_.transport->start_reading();
  if (downstream_ended) downstream_.on_end();
}

void Tunnel::Side::on_bytes(std::string_view bytes) { tunnel.forward(*this, bytes); }

void Tunnel::forward(Side& from, std::string_view bytes) {
  if (over_ || bytes.empty()) return;
  alive();
  from.received += bytes.size();
  if (from.other->transport->write(bytes) > kHighWater) {
    from.transport->stop_reading();  // until the other end's on_drained()
  }
}

void Tunnel::Side::on_drained() {
  tunnel.alive();
  if (!other->ended) other->transport->start_reading();
  tunnel.end_if_done();
}

void Tunnel::Side::on_end() {
  ended = true;
  tunnel.alive();
  other->transport->shutdown();
  tunnel.end_if_done();
}

void Tunnel::Side::on_transport_error(const Error&) {
  tunnel.break_off(this == &tunnel.downstream_ ? End::client_broke : End::origin_broke);
}

void Tunnel::alive() {
  if (!over_ && idle_ > Duration::zero()) deadline_.start_at(scheduler_.now() + idle_);
}

void Tunnel::end_if_done() {
  if (over_ || !downstream_.ended || !upstream_.ended) return;
  if (downstream_.transport->queued() > 0 || upstream_.transport->queued() > 0) return;
  over_ = true;
  deadline_.stop();
  owner_.on_tunnel_end();
}

void Tunnel::cancel() {
  if (!over_) {
    downstream_.transport->reset_on_close();
    upstream_.transport->reset_on_close();
  }
  over_ = true;
  deadline_.stop();
  downstream_.transport->set_listener(nullptr);
  upstream_.transport->set_listener(nullptr);
}

// A reset, so that neither side takes what it has for the whole.
void Tunnel::break_off(End why) {
  if (over_) return;
  over_ = true;
  end_ = why;
  deadline_.stop();
  downstream_.transport->reset_on_close();
  upstream_.transport->reset_on_close();
  owner_.on_tunnel_end();
}

}  // namespace trunkd
