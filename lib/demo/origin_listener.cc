#include "demo/origin_listener.h"

#include <utility>

#include "event/socket_address.h"

namespace trunkd {

Result<std::unique_ptr<OriginListener>> OriginListener::start(
    Loop& loop, const std::optional<TlsServerSettings>& tls, OnConnection on_connection) {
  std::unique_ptr<OriginListener> origin(new OriginListener(loop, std::move(on_connection)));
  if (tls) {
    auto context = TlsServerContext::create(*tls);
    if (!context) return tl::unexpected(context.error());
    origin->tls_ = std::move(*context);
  }
  auto listener =
      Listener::tcp(loop, *SocketAddress::parse("127.0.0.1", 0),
                    [raw = origin.get()](auto transport) { raw->accept(std::move(transport)); });
  if (!listener) return tl::unexpected(listener.error());
  origin->listener_ = std::move(*listener);
  origin->origin_ = {tls ? Scheme::https : Scheme::http, "127.0.0.1", origin->listener_->port()};
  return origin;
}

OriginListener::OriginListener(Loop& loop, OnConnection on_connection)
    : loop_(loop), on_connection_(std::move(on_connection)), count_(loop) {}

OriginListener::~OriginListener() = default;

void OriginListener::accept(std::unique_ptr<Transport> transport) {
  count_.opened();
  if (!tls_) return on_connection_(std::move(transport));
  const uint64_t id = ++last_id_;
  in_handshake_[id] = tls_->accept(loop_, std::move(transport), [this, id](auto accepted) {
    on_handshake_over(id, std::move(accepted));
  });
}

void OriginListener::on_handshake_over(uint64_t id, Result<TlsAccepted> accepted) {
  loop_.dispose(std::move(in_handshake_[id]));
  in_handshake_.erase(id);
  if (!accepted) {
    ++handshakes_.failed;
    count_.closed();
    return;
  }
  ++(accepted->resumed ? handshakes_.resumed : handshakes_.full);
  on_connection_(std::move(accepted->transport));
}

}  // namespace trunkd
