#include "event/stream.h"

#include <algorithm>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "event/peer_socket.h"

namespace trunkd {
namespace {

constexpr size_t kMaxParts = 16;  // in one system call

std::string joined(std::span<const std::string_view> parts, size_t skip) {
  std::string rest;
  size_t total = 0;
  for (const std::string_view part : parts) total += part.size();
  rest.reserve(total - skip);
  for (const std::string_view part : parts) {
    const size_t skipped = std::min(skip, part.size());
    rest.append(part.substr(skipped));
    skip -= skipped;
  }
  return rest;
}

// After these the socket is dead for reading too: what had arrived can still be read, then it ends.
bool ends_reading_too(int status) {
  return status == UV_EPIPE || status == UV_ECONNRESET || status == UV_ETIMEDOUT;
}

}  // namespace

std::string system_words(int status) { return uv_strerror(status); }

Handle<StreamHandle> new_tcp_handle(Loop& loop) {
  auto* handle = new StreamHandle{};
  uv_tcp_init(loop.uv(), &handle->tcp);
  return Handle<StreamHandle>(handle);
}

Handle<StreamHandle> new_pipe_handle(Loop& loop) {
  auto* handle = new StreamHandle{};
  uv_pipe_init(loop.uv(), &handle->pipe, 0);
  return Handle<StreamHandle>(handle);
}

std::unique_ptr<Transport> stream_from_socket(Loop& loop, int socket, bool is_tcp) {
  Handle<StreamHandle> handle = is_tcp ? new_tcp_handle(loop) : new_pipe_handle(loop);
  const int status =
      is_tcp ? uv_tcp_open(&handle->tcp, socket) : uv_pipe_open(&handle->pipe, socket);
  if (status != 0) {
    close(socket);
    return nullptr;
  }
  return std::make_unique<Stream>(loop, std::move(handle));
}

// One at a time is with libuv; what is written meanwhile waits in `more` and goes in one piece.
struct Stream::WriteRequest {
  uv_write_t uv{};
  std::string bytes;
  std::string more;
};

Stream::Stream(Loop& loop, Handle<StreamHandle> connected)
    : loop_(loop), handle_(std::move(connected)), report_(loop, [this] { report_broken(); }) {
  stream()->data = this;
}

Stream::~Stream() {
  if (!reset_on_close_ || stream()->type != UV_TCP) return;
  stream()->data = nullptr;
  uv_tcp_close_reset(&handle_->tcp, &CloseHandle<StreamHandle>::delete_closed);
}

void Stream::set_listener(TransportListener* listener) {
  listener_ = listener;
  arm_read();
  settle_write_error();
}

void Stream::start_reading() {
  reading_ = true;
  arm_read();
  settle_write_error();
}

// libuv goes on polling until there is something to read: most readers that stop start again
// before, and then neither costs a system call.
void Stream::stop_reading() {
  reading_ = false;
  settle_write_error();
}

void Stream::arm_read() {
  if (ended_ || armed_ || !wants_bytes()) return;
  armed_ = true;
  uv_read_start(stream(), &on_alloc, &on_read);
}

void Stream::on_alloc(uv_handle_t* handle, size_t, uv_buf_t* buffer) {
  auto* self = static_cast<Stream*>(handle->data);
  if (self == nullptr || !self->wants_bytes()) {
    *buffer = uv_buf_init(nullptr, 0);  // on_read() with UV_ENOBUFS
    return;
  }
  const std::span<char> space = self->loop_.read_buffer();
  *buffer = uv_buf_init(space.data(), static_cast<unsigned>(space.size()));
}

void Stream::on_read(uv_stream_t* handle, ssize_t count, const uv_buf_t* buffer) {
  auto* self = static_cast<Stream*>(handle->data);
  if (self == nullptr || count == 0) return;
  // Nobody wants bytes any more, or nobody is there: libuv says an end that came with the last
  // bytes right after them. It is still there for the next reader.
  if ((count == UV_ENOBUFS || count == UV_EOF) && !self->wants_bytes()) {
    self->armed_ = false;
    uv_read_stop(handle);
  } else if (count < 0) {
    self->read_failed(static_cast<int>(count));  // may destroy this stream
  } else {
    self->listener_->on_bytes({buffer->base, static_cast<size_t>(count)});  // may destroy it
  }
}

// libuv calls it an end when a reset comes together with the last bytes: it sees the hang-up and
// does not read again, and the socket still holds the error.
int Stream::real_end() {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(socket(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error == 0) return UV_EOF;
  return uv_translate_sys_error(error);
}

void Stream::read_failed(int status) {
  uv_read_stop(stream());
  armed_ = false;
  if (status == UV_EOF) status = real_end();
  if (status == UV_EOF && write_error_ == 0) {
    ended_ = true;
    listener_->on_end();  // may destroy this stream
    return;
  }
  // The write has used up the socket's error, so that reading sees a clean end: it was none.
  if (write_error_ == 0) write_error_ = status;
  broken_ = true;
  report_broken();  // may destroy this stream
}

size_t Stream::write(std::span<const std::string_view> parts) {
  if (broken_ || shutdown_wanted_) return queued();
  if (in_flight_ != nullptr) {
    for (const std::string_view part : parts) in_flight_->more.append(part);
    return queued();
  }
  std::array<uv_buf_t, kMaxParts> buffers;
  unsigned count = 0;
  size_t total = 0;
  for (const std::string_view part : parts) {
    total += part.size();
    if (part.empty() || count == kMaxParts) continue;
    buffers[count++] =
        uv_buf_init(const_cast<char*>(part.data()), static_cast<unsigned>(part.size()));
  }
  if (count == 0) return 0;
  const int sent = uv_try_write(stream(), buffers.data(), count);
  if (sent < 0 && sent != UV_EAGAIN) {
    write_failed(sent);
    return 0;
  }
  const size_t taken = sent > 0 ? static_cast<size_t>(sent) : 0;
  if (taken < total) queue(joined(parts, taken));
  return queued();
}

void Stream::queue(std::string rest) {
  auto* request = new WriteRequest;
  request->bytes = std::move(rest);
  in_flight_ = request;
  send_more(*request);
}

void Stream::send_more(WriteRequest& request) {
  const uv_buf_t buffer =
      uv_buf_init(request.bytes.data(), static_cast<unsigned>(request.bytes.size()));
  const int status = uv_write(&request.uv, stream(), &buffer, 1, &on_written);
  if (status == 0) return;
  in_flight_ = nullptr;
  delete &request;
  write_failed(status);
}

void Stream::on_written(uv_write_t* uv, int status) {
  auto* request = reinterpret_cast<WriteRequest*>(uv);
  auto* self = static_cast<Stream*>(uv->handle->data);
  if (self != nullptr && status == 0 && !request->more.empty()) {
    request->bytes = std::exchange(request->more, {});
    self->send_more(*request);
    return;
  }
  delete request;
  if (self == nullptr) return;
  self->in_flight_ = nullptr;
  if (status != 0) {
    self->write_failed(status);
    return;
  }
  if (self->shutdown_wanted_) self->shut_down_now();
  if (self->listener_ != nullptr && !self->error_said_)
    self->listener_->on_drained();  // may destroy this stream
}

void Stream::write_failed(int status) {
  broken_ = true;
  if (error_said_) return;
  write_error_ = status;
  settle_write_error();
}

// Says nothing yet. What the peer sent before it left, an early answer, is to be heard first: while
// reading, the read side comes to the end by itself and reports.
void Stream::settle_write_error() {
  if (write_error_ == 0) return;
  const bool reader_will_see_it = armed_ && wants_bytes() && ends_reading_too(write_error_);
  if (!reader_will_see_it) report_.schedule();
}

void Stream::report_broken() {
  if (write_error_ == 0 || listener_ == nullptr) return;  // the next listener will hear of it
  const int status = std::exchange(write_error_, 0);
  ended_ = true;
  error_said_ = true;
  report_.cancel();
  if (armed_) {
    armed_ = false;
    uv_read_stop(stream());
  }
  // may destroy this stream
  listener_->on_transport_error({ErrorKind::connection_terminated, system_words(status), {}});
}

size_t Stream::queued() const {
  if (in_flight_ == nullptr || broken_) return 0;
  return uv_stream_get_write_queue_size(stream()) + in_flight_->more.size();
}

void Stream::shutdown() {
  if (broken_ || shutdown_wanted_) return;
  shutdown_wanted_ = true;
  if (in_flight_ == nullptr) shut_down_now();
}

// By hand: uv_shutdown() needs a request and a round of the loop for the same system call.
void Stream::shut_down_now() { ::shutdown(socket(), SHUT_WR); }

int Stream::socket() const {
  uv_os_fd_t socket = -1;
  uv_fileno(reinterpret_cast<uv_handle_t*>(stream()), &socket);
  return socket;
}

bool Stream::quiet() const {
  pollfd asked{socket(), POLLIN | POLLRDHUP, 0};
  return !ended_ && !broken_ && poll(&asked, 1, 0) == 0;
}

bool Stream::peer_is_closed() const { return trunkd::peer_is_closed(socket()); }

void Stream::set_dead_after(Duration time) {
  if (stream()->type != UV_TCP) return;
  const auto ms = static_cast<unsigned>(std::chrono::ceil<std::chrono::milliseconds>(time).count());
  setsockopt(socket(), IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
}

}  // namespace trunkd
