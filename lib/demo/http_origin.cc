#include "demo/http_origin.h"

#include <utility>

namespace trunkd {

Result<std::unique_ptr<HttpOrigin>> HttpOrigin::start(Loop& loop, Respond respond,
                                                      const std::optional<TlsServerSettings>& tls) {
  std::unique_ptr<HttpOrigin> origin(new HttpOrigin(loop, std::move(respond)));
  auto listener = OriginListener::start(
      loop, tls, [raw = origin.get()](auto transport) { raw->adopt(std::move(transport)); });
  if (!listener) return tl::unexpected(listener.error());
  origin->listener_ = std::move(*listener);
  return origin;
}

HttpOrigin::HttpOrigin(Loop& loop, Respond respond) : loop_(loop), respond_(std::move(respond)) {}

OriginCounts HttpOrigin::counts() const {
  const ConnectionCount& connections = listener_->connections();
  return {.accepted = connections.accepted(),
          .open = connections.open(),
          .max_open = connections.max_open(),
          .requests = requests_,
          .tls_full = listener_->handshakes().full,
          .tls_resumed = listener_->handshakes().resumed};
}

void HttpOrigin::adopt(std::unique_ptr<Transport> transport) {
  OriginConnection::Owner& owner = *this;
  auto connection = std::make_unique<OriginConnection>(owner, loop_, std::move(transport));
  OriginConnection* key = connection.get();
  connections_.emplace(key, std::move(connection));
}

Reply HttpOrigin::respond(const RequestHead& request, std::string_view body) {
  ++requests_;
  return respond_(request, body);
}

void HttpOrigin::on_connection_over(OriginConnection& connection) {
  const auto found = connections_.find(&connection);
  if (found == connections_.end()) return;
  listener_->connection_closed();
  loop_.dispose(std::move(found->second));
  connections_.erase(found);
}

}  // namespace trunkd
