// ResponseSink: where an answer goes. A downstream connection; later also a request that a session
// makes for itself.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/transport.h"
#include "http/message.h"

namespace trunkd {

class ResponseSink {
 public:
  // `fields` are the dressed, serialised fields of the head, each with its line end; framing and
  // Connection are the sink's.
  virtual void send_informational(const ResponseHead& head, std::string_view fields) = 0;
  virtual void send_head(const ResponseHead& head, std::string_view fields) = 0;
  virtual size_t send_body(std::string_view bytes) = 0;  // returns what waits to leave
  virtual void send_end(const Headers& trailers) = 0;
  // The answer is broken off: the client must see that it is not whole.
  virtual void abort() = 0;

  // The client's body is wanted only as fast as the origin takes it.
  virtual void pause_request_body() = 0;
  virtual void resume_request_body() = 0;

  // After the head of a 101, or of a 200 to CONNECT: the stream itself.
  struct Taken {
    std::unique_ptr<Transport> transport;
    std::string first_bytes;  // what the client has already sent behind its request
    bool ended = false;       // it has sent its FIN
  };
  virtual Taken take_transport() = 0;

  // The exchange is over, after send_end(), abort() or the end of a tunnel. The exchange is
  // disposed of.
  virtual void on_exchange_finished() = 0;

  static constexpr size_t kHighWater = 64 * 1024;  // of send_body(): stop until on_sink_drained()

 protected:
  ~ResponseSink() = default;
};

}  // namespace trunkd
