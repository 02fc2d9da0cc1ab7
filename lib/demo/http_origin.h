// HttpOrigin: a small HTTP/1.1 origin, plain or TLS, on our own loop; for `trunkd demo` and the
// tests. It counts what the pooling in front of it is judged by.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "demo/origin_connection.h"
#include "demo/origin_listener.h"
#include "demo/reply.h"
#include "event/loop.h"
#include "net/tls_server.h"

namespace trunkd {

struct OriginCounts {
  uint64_t accepted = 0;
  uint64_t open = 0;
  uint64_t max_open = 0;
  uint64_t requests = 0;
  uint64_t tls_full = 0;
  uint64_t tls_resumed = 0;
};

class HttpOrigin final : private OriginConnection::Owner {
 public:
  // Listens on 127.0.0.1 and a free port; without `tls` plainly. `loop` must outlive it.
  static Result<std::unique_ptr<HttpOrigin>> start(
      Loop& loop, Respond respond, const std::optional<TlsServerSettings>& tls = std::nullopt);
  ~HttpOrigin() = default;

  const Origin& origin() const { return listener_->origin(); }
  uint16_t port() const { return origin().port; }
  std::string url() const { return origin().text(); }  // "https://127.0.0.1:40123"
  OriginCounts counts() const;

 private:
  HttpOrigin(Loop& loop, Respond respond);
  void adopt(std::unique_ptr<Transport> transport);
  Reply respond(const RequestHead& request, std::string_view body) override;
  void on_connection_over(OriginConnection& connection) override;

  Loop& loop_;
  Respond respond_;
  std::unique_ptr<OriginListener> listener_;
  uint64_t requests_ = 0;
  std::map<OriginConnection*, std::unique_ptr<OriginConnection>> connections_;
};

}  // namespace trunkd
