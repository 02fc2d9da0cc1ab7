// One connection of a TestOrigin: what came over it, and everything that a test may do with it.

#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "base/task_queue.h"
#include "base/transport.h"
#include "http/request_parser.h"

namespace trunkd {

struct TestRequest {
  RequestHead head;
  std::string body;
  Headers trailers;
};

class TestOriginConnection final : private TransportListener, private RequestListener {
 public:
  // Who owns it; must outlive it.
  class Owner {
   public:
    virtual void on_request_head(TestOriginConnection& connection, const RequestHead& head) = 0;
    virtual void on_request(TestOriginConnection& connection, const TestRequest& request) = 0;
    virtual void on_peer_ended(TestOriginConnection& connection) = 0;
    virtual void on_closed(TestOriginConnection& connection) = 0;  // said once

   protected:
    ~Owner() = default;
  };

  TestOriginConnection(Owner& owner, TaskQueue& queue, std::unique_ptr<Transport> transport);

  // What came.
  const std::string& raw() const { return raw_; }                        // every byte, as received
  const std::deque<TestRequest>& requests() const { return requests_; }  // the complete ones
  uint64_t bytes_received() const { return bytes_received_; }
  bool request_failed() const { return parser_.failed(); }  // what came is no HTTP
  bool peer_ended() const { return peer_ended_; }           // FIN, or close_notify
  bool peer_broke() const { return peer_broke_; }  // RST, or a TLS end without close_notify
  bool open() const { return transport_ != nullptr; }

  // What to do. Nothing happens once it is closed.
  // A whole answer to the request that came last; no body to HEAD. `fields` are whole lines.
  void reply(int status, std::string_view body = {}, std::string_view fields = {});
  void send(std::string_view raw);
  size_t queued() const { return transport_ ? transport_->queued() : 0; }
  void end();    // FIN after what is queued, for TLS after close_notify; still reads
  void close();  // at once: FIN, for TLS without close_notify
  void reset();  // at once: RST
  void stop_reading();
  void start_reading();
  void forget_bytes() { keep_bytes_ = false; }  // raw() and bodies stay empty from now on

 private:
  void on_bytes(std::string_view bytes) override;
  void on_end() override;
  void on_transport_error(const Error& error) override;
  void on_drained() override {}

  void on_request_head(RequestHead&& head) override;
  void on_request_body(std::string_view bytes) override;
  void on_request_end(Headers&& trailers) override;
  void on_request_error(const Error&) override {}

  Owner& owner_;
  TaskQueue& queue_;
  std::unique_ptr<Transport> transport_;  // null once closed
  RequestParser parser_;
  TestRequest current_;
  std::deque<TestRequest> requests_;  // references stay valid
  std::string raw_;
  uint64_t bytes_received_ = 0;
  bool keep_bytes_ = true;
  bool peer_ended_ = false;
  bool peer_broke_ = false;
};

}  // namespace trunkd
