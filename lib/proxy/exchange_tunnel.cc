// An exchange that becomes a tunnel, after a 101 or by CONNECT.

#include <string>
#include <utility>

#include "base/text.h"
#include "proxy/exchange.h"

namespace trunkd {

// No head goes to the origin, and nothing of what the session carries: the first bytes that it gets
// are the client's (RFC 9110, 9.3.6). It may have spoken already, behind a proxy's answer.
void Exchange::open_tunnel() {
  sent_once_ = true;
  OpenedWay way = attempt_->take_transport();
  facts_ = attempt_->facts();
  ResponseHead head;
  head.status = 200;
  head.reason = "Connection established";
  start_tunnel(head, std::move(way.transport), way.first_bytes);
}

void Exchange::on_attempt_upgraded(ResponseHead&& head, std::unique_ptr<Transport> transport,
                                   std::string_view first_bytes) {
  facts_ = attempt_->facts();
  const auto token = head.headers.get("Upgrade");
  if (!token || !iequals(*token, allowed_upgrade(request_, session_->settings()))) {
    context_.scheduler.dispose(std::move(transport));
    return fail({ErrorKind::bad_response,
                 route_.origin.authority() + " switched to a protocol that was not asked for"});
  }
  store_cookies(head);
  if (brought_cookies_) {
    return hold_until_written(
        {{}, std::move(head), std::string(first_bytes), {}, {}, std::move(transport)});
  }
  start_tunnel(head, std::move(transport), first_bytes);
}

void Exchange::start_tunnel(const ResponseHead& head, std::unique_ptr<Transport> transport,
                            std::string_view first_bytes) {
  relay_head(head);
  response_ = Response::tunnel;
  ++metrics_->tunnels;
  ++metrics_->tunnels_active;
  total_.stop();  // a tunnel has no end that could be late
  ResponseSink::Taken downstream = sink_.take_transport();
  tunnel_ = std::make_unique<Tunnel>(context_.scheduler, static_cast<TunnelOwner&>(*this),
                                     std::move(downstream.transport), std::move(transport),
                                     session_->settings().timeouts.tunnel);
  tunnel_->start(downstream.first_bytes, first_bytes, downstream.ended);
}

void Exchange::on_tunnel_end() {
  switch (tunnel_->end()) {
    case Tunnel::End::finished:
      answered_ = true;
      break;
    case Tunnel::End::client_broke:
      error_ = ErrorKind::client_gone;
      break;
    case Tunnel::End::origin_broke:
      error_ = ErrorKind::connection_terminated;
      break;
    case Tunnel::End::idle:
      error_ = ErrorKind::tunnel_idle;
      break;
  }
  finish();
}

// Said for a tunnel at the end of a drain only: its sides are the tunnel's to watch.
void Exchange::cancel_tunnel() {
  tunnel_->cancel();
  if (!error_) error_ = ErrorKind::shutting_down;
}

}  // namespace trunkd
