// TestClient: a raw HTTP client on the test's own loop, over TCP or a Unix socket. It sends what
// the test says, in pieces or pipelined, parses what comes back, and leaves in every way there is.

#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/transport.h"
#include "event/loop.h"
#include "event/tcp_connect.h"
#include "http/response_parser.h"

namespace trunkd {

// One answer as it comes in.
struct TestResponse {
  std::vector<ResponseHead> informational;
  ResponseHead head;
  std::string body;
  uint64_t body_bytes = 0;
  Headers trailers;
  bool head_seen = false;
  bool complete = false;  // its end was seen, and nothing was missing
  bool failed = false;    // cut off or broken; no more will come

  bool done() const { return complete || failed; }
};

// What a request gives back at once: the answer to come. A copy means the same answer, and may
// outlive the client.
class TestCall {
 public:
  explicit TestCall(std::shared_ptr<const TestResponse> response)
      : response_(std::move(response)) {}

  bool done() const { return response_->done(); }
  bool complete() const { return response_->complete; }
  bool failed() const { return response_->failed; }
  int status() const { return response_->head.status; }  // 0: no head yet
  const std::string& body() const { return response_->body; }
  // The first field of that name; empty if there is none.
  std::string field(std::string_view name) const {
    return std::string(response_->head.headers.get(name).value_or(""));
  }
  const TestResponse* operator->() const { return response_.get(); }

 private:
  std::shared_ptr<const TestResponse> response_;
};

class TestClient final : private TransportListener, private ResponseListener {
 public:
  // Connects to 127.0.0.1; what is sent before the connection is there waits for it.
  TestClient(Loop& loop, uint16_t port);
  TestClient(Loop& loop, const std::string& host, uint16_t port);  // host: an address literal
  TestClient(Loop& loop, std::unique_ptr<Transport> transport);
  static std::unique_ptr<TestClient> over_unix(Loop& loop, const std::string& path);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  // A request with Host and, if there is a body, Content-Length. `fields` are whole lines,
  // "X-A: 1\r\n"; a Host line among them replaces ours.
  TestCall get(std::string_view target, std::string_view fields = {});
  TestCall request(std::string_view method, std::string_view target, std::string_view fields = {},
                   std::string_view body = {});
  // Any bytes that begin a request, and the answer expected to it.
  TestCall send_request(std::string_view raw, bool head_request = false,
                        bool upgrade_requested = false);
  void send(std::string_view raw);  // any bytes that expect no answer of their own

  bool connected() const { return transport_ != nullptr; }
  bool connect_failed() const { return connect_failed_; }
  const std::string& raw() const { return raw_; }  // every byte, as received
  // After a 101: the tunnel's bytes; else bytes that no request had asked for.
  const std::string& rest() const { return rest_; }
  bool ended() const { return ended_; }  // FIN came
  bool broke() const { return broke_; }  // RST came
  bool gone() const { return ended_ || broke_; }

  void half_close();  // FIN after what is queued; still reads
  void close();       // at once
  void reset();       // at once: RST
  void stop_reading();
  void start_reading();
  size_t queued() const;
  void forget_bytes() { keep_bytes_ = false; }  // raw() and bodies stay empty: for long ones

 private:
  struct Expected {
    std::shared_ptr<TestResponse> response;
    bool head_request, upgrade_requested;
  };
  explicit TestClient(Loop& loop);
  void on_connected(Result<std::unique_ptr<Transport>> transport);
  void adopt(std::unique_ptr<Transport> transport);
  void expect_first();
  void end_first(bool complete);
  void fail_all();

  void on_bytes(std::string_view bytes) override;
  void on_end() override;
  void on_transport_error(const Error& error) override;
  void on_drained() override {}

  void on_informational(ResponseHead&& head) override;
  void on_response_head(ResponseHead&& head) override;
  void on_response_body(std::string_view bytes) override;
  void on_response_end(Headers&& trailers) override;
  void on_response_error(const Error& error) override;

  Loop& loop_;
  std::string host_;  // the Host field's value
  std::unique_ptr<TcpConnect> connecting_;
  std::unique_ptr<Transport> transport_;
  ResponseParser parser_;
  std::deque<Expected> expected_;
  std::string unsent_;
  std::string raw_;
  std::string rest_;
  bool reading_ = true;
  bool half_close_wanted_ = false;
  bool tunnel_ = false;
  bool keep_bytes_ = true;
  bool connect_failed_ = false;
  bool ended_ = false;
  bool broke_ = false;
};

}  // namespace trunkd
