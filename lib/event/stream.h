// Stream: a connected TCP or Unix stream socket as a Transport.

#pragma once

#include <memory>
#include <string>
#include <uv.h>

#include "base/transport.h"
#include "event/handle.h"
#include "event/loop.h"

namespace trunkd {

// Any of the two kinds of socket; what uv_tcp_init or uv_pipe_init was called on.
union StreamHandle {
  uv_stream_t stream;
  uv_tcp_t tcp;
  uv_pipe_t pipe;
};

// Initialised and without a socket; for connecting, or for stream_from_socket().
Handle<StreamHandle> new_tcp_handle(Loop& loop);
Handle<StreamHandle> new_pipe_handle(Loop& loop);

// Ten thousand idle ones are kept, so it is small and holds no buffer: bytes are read into the
// loop's buffer, and written from the caller's memory as far as the socket takes them.
class Stream final : public Transport {
 public:
  Stream(Loop& loop, Handle<StreamHandle> connected);
  ~Stream() override;

  void set_listener(TransportListener* listener) override;
  void start_reading() override;
  void stop_reading() override;
  size_t write(std::span<const std::string_view> parts) override;
  size_t queued() const override;
  void shutdown() override;
  void reset_on_close() override { reset_on_close_ = true; }
  bool quiet() const override;
  bool peer_is_closed() const override;
  void set_dead_after(Duration time) override;

 private:
  struct WriteRequest;

  static void on_read(uv_stream_t* handle, ssize_t count, const uv_buf_t* buffer);
  static void on_alloc(uv_handle_t* handle, size_t suggested, uv_buf_t* buffer);
  static void on_written(uv_write_t* uv, int status);

  bool wants_bytes() const { return reading_ && listener_ != nullptr; }
  void arm_read();
  int real_end();  // UV_EOF, or what it hides
  void read_failed(int status);
  void write_failed(int status);
  void settle_write_error();
  void report_broken();
  void queue(std::string rest);
  void send_more(WriteRequest& request);
  void shut_down_now();

  uv_stream_t* stream() const { return &handle_->stream; }
  int socket() const;  // -1: there is none any more

  Loop& loop_;
  Handle<StreamHandle> handle_;
  TransportListener* listener_ = nullptr;
  WriteRequest* in_flight_ = nullptr;  // owned by libuv until on_written()
  DeferredCall report_;                // report_broken(), for failures found inside a command
  int write_error_ = 0;                // a write failed with it, and nobody was told yet
  bool reading_ = false;               // the listener wants bytes
  bool armed_ = false;                 // libuv polls for them
  bool ended_ = false;                 // on_end() or on_transport_error() was said
  bool error_said_ = false;
  bool broken_ = false;  // nothing can be written any more
  bool shutdown_wanted_ = false;
  bool reset_on_close_ = false;
};

// Takes over a connected socket, also when it fails (then it is closed and null is returned).
std::unique_ptr<Transport> stream_from_socket(Loop& loop, int socket, bool is_tcp);

// A sentence from libuv's error number: "connection reset by peer".
std::string system_words(int status);

}  // namespace trunkd
