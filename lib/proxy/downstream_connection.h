// A client's HTTP/1 connection: parses requests, owns at most one exchange, writes its answer.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/batched_writer.h"
#include "base/buffer.h"
#include "base/scheduler.h"
#include "base/transport.h"
#include "http/request_parser.h"
#include "proxy/exchange.h"
#include "proxy/proxy_context.h"
#include "proxy/response_sink.h"

namespace trunkd {

class DownstreamConnection;

class DownstreamOwner {
 public:
  // The connection has ended; dispose of it.
  virtual void on_downstream_closed(DownstreamConnection& connection) = 0;

 protected:
  ~DownstreamOwner() = default;
};

// One client costs little while it is idle: the parser and the exchange are there only while a
// request is.
class DownstreamConnection final : public Disposable,
                                   private TransportListener,
                                   private RequestListener,
                                   private ResponseSink {
 public:
  // `context`, `owner` and `arrival` (the listener's) must outlive the connection.
  DownstreamConnection(ProxyContext& context, DownstreamOwner& owner, const Arrival& arrival,
                       std::unique_ptr<Transport> transport);
  ~DownstreamConnection() override;

  const Arrival& arrival() const { return arrival_; }
  // No request is under way, nothing of one has come.
  bool idle() const { return state_ == State::idle; }
  // Ends after the request that is under way, or a moment later: one more may be on its way.
  void drain();
  // Ends now; an answer under way is visibly broken off.
  void close_now();
  // Ends its exchange if that is one of this session's (Exchange::kill()).
  void kill(std::string_view session);

  size_t slot = 0;  // its owner's place for it

 private:
  // idle -> head at the first byte; head -> exchange when the head is whole; exchange -> discarding
  // when the answer is out before the request is in; both -> idle, or lingering when the connection
  // ends: our side is closed, the client's is read out so that no reset can eat the answer.
  // exchange -> tunnel when the stream is taken over. any -> closed.
  enum class State : uint8_t { idle, head, exchange, discarding, lingering, tunnel, closed };

  // TransportListener
  void on_bytes(std::string_view bytes) override;
  void on_end() override;
  void on_transport_error(const Error& error) override;
  void on_drained() override;
  // RequestListener
  void on_request_head(RequestHead&& head) override;
  void on_request_body(std::string_view bytes) override;
  void on_request_end(Headers&& trailers) override;
  void on_request_error(const Error& error) override;
  // ResponseSink
  void send_informational(const ResponseHead& head, std::string_view fields) override;
  void send_head(const ResponseHead& head, std::string_view fields) override;
  size_t send_body(std::string_view bytes) override;
  void send_end(const Headers& trailers) override;
  void abort() override;
  void pause_request_body() override;
  void resume_request_body() override;
  Taken take_transport() override;
  void on_exchange_finished() override;

  void feed(std::string_view bytes);
  void keep(std::string_view bytes);
  void continue_later();
  void settle();
  void next_request();
  void linger();
  void on_timeout();
  void close();
  void start_deadline(Duration from_now);
  void watch_client();
  bool owes_body() const;
  void append_connection(std::string& out) const;
  BodyFraming response_framing(const ResponseHead& head) const;
  void append_response_framing(std::string& out, const ResponseHead& head) const;
  void refuse(const Error& error);

  ProxyContext& context_;
  DownstreamOwner& owner_;
  const Arrival& arrival_;
  std::unique_ptr<Transport> transport_;
  std::optional<RequestParser> parser_;
  std::unique_ptr<Exchange> exchange_;
  std::unique_ptr<Buffer> pipelined_;  // bytes behind the request under way
  BatchedWriter writer_;
  DeferredCall later_;  // sends what was gathered, goes on with what was pipelined
  Timer deadline_;
  uint32_t discarded_ = 0;
  Framing response_framing_ = Framing::none;

  State state_ = State::idle;
  bool parsing_ = false;
  bool starts_after_parsing_ = false;  // the exchange of a CONNECT
  bool request_ended_ = false;
  bool close_after_ = false;
  bool half_closed_ = false;  // the client has sent its FIN
  bool reading_ = true;
};

}  // namespace trunkd
