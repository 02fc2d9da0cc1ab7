// An HTTP/1.1 connection to an origin: one exchange at a time over a Transport.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/batched_writer.h"
#include "base/origin.h"
#include "base/scheduler.h"
#include "base/transport.h"
#include "http/message.h"
#include "http/response_parser.h"
#include "net/connector.h"
#include "pool/pooled_connection.h"
#include "upstream/proxy_access.h"

namespace trunkd {

// What happens to a request once it is on its way. After on_response_end, on_upgraded or
// on_upstream_error nothing more is said. Each of these may give the lease back; the connection
// itself lives on in the pool's hands until the current event is over.
class UpstreamListener {
 public:
  virtual void on_informational(ResponseHead&& head) = 0;  // 1xx but 101; any number of them
  virtual void on_response_head(ResponseHead&& head) = 0;
  virtual void on_response_body(std::string_view bytes) = 0;
  virtual void on_response_end(Headers&& trailers) = 0;
  // The origin agreed to the Upgrade. `first_bytes` came behind the 101. The connection is an empty
  // shell from now on, which keeps its slot in the pool until the lease ends.
  virtual void on_upgraded(ResponseHead&& head, std::unique_ptr<Transport> transport,
                           std::string_view first_bytes) = 0;
  virtual void on_upstream_error(const Error& error) = 0;
  // What was written has left; more of the body can be sent.
  virtual void on_upstream_drained() = 0;

 protected:
  ~UpstreamListener() = default;
};

struct UpstreamRequest {
  std::string_view head;  // serialised, with the empty line; copied
  BodyFraming framing;    // of the body that follows by send_body()
  bool head_method = false;
  bool upgrade = false;          // a 101 is a possible answer
  bool expect_continue = false;  // the body is sent after a 100 only
  Duration response_timeout{};
  Duration read_timeout{};
};

class UpstreamConnection final : public PooledConnection,
                                 private TransportListener,
                                 private ResponseListener {
 public:
  // `id` is unique within the process; `dead_after`: see Transport, 0 for the system's time.
  // Reading is on from now to the end: a connection at rest that says anything, or ends, is not
  // used again.
  UpstreamConnection(Scheduler& scheduler, const Origin& origin, Dialled dialled, uint64_t id,
                     Duration dead_after);
  ~UpstreamConnection() override;

  // PooledConnection
  bool reusable() const override { return state_ == State::idle; }
  CloseReason end_reason() const override { return end_reason_; }
  void set_idle_listener(IdleListener* listener) override { idle_listener_ = listener; }
  Duration keep_alive_hint() const override { return keep_alive_hint_; }

  // Reusable, and nothing has arrived since that nobody has heard of: an end, say, that the event
  // loop comes to later. Costs a system call.
  bool still_open() const { return reusable() && transport_->quiet(); }

  // Only while reusable(). `listener` must outlive the exchange or call abandon(). The head leaves
  // with the first bytes of the body, at the latest after the current event.
  void start(UpstreamListener& listener, const UpstreamRequest& request);
  // Payload of the body; returns the bytes that wait to leave. Ignored after an error.
  size_t send_body(std::string_view bytes);
  void end_body(const Headers& trailers);
  // In place of start(), to an origin that is_tunnel(): the plain stream. The connection is an
  // empty shell from now on, as after an upgrade.
  OpenedWay take_transport();
  // Nobody listens any more. Closes at once, so that a body that was cut short is never taken for a
  // whole one, unless both messages had ended.
  void abandon();

  void pause_reading();  // until resume_reading(); the read timeout rests meanwhile
  void resume_reading();

  // Its origin has left the address: closes at once if it is idle in the pool, else after the
  // exchange.
  void retire();
  void keep_watch(std::unique_ptr<AddressWatch> watch) { watch_ = std::move(watch); }

  // The other end is a proxy that takes requests in absolute form and sends them on; null: it is
  // the origin's end. It must outlive the exchanges.
  void set_proxy(const ProxyAccess* proxy) { proxy_ = proxy; }
  const ProxyAccess* proxy() const { return proxy_; }

  uint64_t id() const { return id_; }
  uint64_t uses() const { return uses_; }  // exchanges started
  bool response_started() const { return parser_.response_started(); }
  const ConnectTimes& connect_times() const { return times_; }
  bool tls_resumed() const { return tls_resumed_; }
  const std::optional<TlsFacts>& tls() const { return tls_; }  // none: plain
  const std::string& address() const { return address_; }

  static constexpr size_t kHighWater =
      64 * 1024;  // of send_body(): stop until on_upstream_drained()

 private:
  // idle -> busy at start(); busy -> idle when both messages have ended and the origin keeps the
  // connection; any -> closed on an end, an error, a byte that nobody asked for.
  enum class State : uint8_t { idle, busy, closed };

  // TransportListener
  void on_bytes(std::string_view bytes) override;
  void on_end() override;
  void on_transport_error(const Error& error) override;
  void on_drained() override;
  // ResponseListener
  void on_informational(ResponseHead&& head) override;
  void on_response_head(ResponseHead&& head) override;
  void on_response_body(std::string_view bytes) override;
  void on_response_end(Headers&& trailers) override;
  void on_response_error(const Error& error) override;

  void set_patience(const BodyFraming& body);
  void let_be_slow();  // dead_after_ is off
  void on_timeout();
  void push_deadline();
  void flush();
  void upgrade(std::string_view first_bytes);
  void finish_response();
  void close();
  void fail(const Error& error);
  Error told_of_origin(Error error) const;
  void lose_idle(IdleEnd end);

  Scheduler& scheduler_;
  const Origin origin_;
  std::unique_ptr<Transport> transport_;  // null after an upgrade
  const ConnectTimes times_;
  const std::string address_;
  const uint64_t id_;
  const bool tls_resumed_;
  const std::optional<TlsFacts> tls_;
  const Duration dead_after_;
  uint64_t uses_ = 0;
  Duration keep_alive_hint_{};
  bool patient_ = false;
  CloseReason end_reason_ = CloseReason::broken;  // once it is closed
  bool says_close_ = false;                       // the last head did

  State state_ = State::idle;
  bool request_ended_ = false;   // our side of the exchange is written
  bool response_ended_ = false;  // the origin's side has been read
  bool keep_alive_ = true;
  bool head_seen_ = false;
  bool reading_ = true;
  bool retired_ = false;
  BodyFraming framing_;
  Duration response_timeout_{};
  Duration read_timeout_{};
  std::optional<ResponseHead> switching_;  // a 101 whose tunnel starts when the parser has returned
  std::optional<Headers> trailers_;        // likewise the end of a response

  UpstreamListener* listener_ = nullptr;
  IdleListener* idle_listener_ = nullptr;
  ResponseParser parser_;
  BatchedWriter writer_;
  DeferredCall flush_;
  Timer deadline_;
  std::string first_bytes_;  // of a tunnel's stream
  const ProxyAccess* proxy_ = nullptr;
  std::unique_ptr<AddressWatch> watch_;  // null: the address is not one that was looked up
};

}  // namespace trunkd
