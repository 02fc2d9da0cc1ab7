#include "demo/http_origin.h"

#include <utility>

#include "event/socket_address.h"

namespace trunkd {

Result<std::unique_ptr<HttpOrigin>> HttpOrigin::start(Loop& loop, Respond respond) {
  std::unique_ptr<HttpOrigin> origin(new HttpOrigin(loop, std::move(respond)));
  auto listener =
      Listener::tcp(loop, *SocketAddress::parse("127.0.0.1", 0),
                    [raw = origin.get()](auto transport) { raw->accept(std::move(transport)); });
  if (!listener) return tl::unexpected(listener.error());
  origin->listener_ = std::move(*listener);
  return origin;
}

HttpOrigin::HttpOrigin(Loop& loop, Respond respond)
    : loop_(loop), respond_(std::move(respond)), count_(loop) {}

std::string HttpOrigin::url() const { return "http://127.0.0.1:" + std::to_string(port()); }

OriginCounts HttpOrigin::counts() const {
  return {.accepted = count_.accepted(),
          .open = count_.open(),
          .max_open = count_.max_open(),
          .requests = requests_};
}

void HttpOrigin::accept(std::unique_ptr<Transport> transport) {
  OriginConnection::Owner& owner = *this;
  auto connection = std::make_unique<OriginConnection>(owner, loop_, std::move(transport));
  count_.opened();
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
  count_.closed();
  loop_.dispose(std::move(found->second));
  connections_.erase(found);
}

}  // namespace trunkd
