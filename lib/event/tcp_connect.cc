#include "event/tcp_connect.h"

#include <sys/un.h>
#include <utility>
#include <uv.h>

#include "event/stream.h"

namespace trunkd {
namespace {

using Done = std::function<void(Result<std::unique_ptr<Transport>>)>;

class Attempt final : public TcpConnect {
 public:
  Attempt(Loop& loop, Handle<StreamHandle> handle, std::string target, Done done)
      : loop_(loop),
        handle_(std::move(handle)),
        target_(std::move(target)),
        done_(std::move(done)),
        failed_(loop, [this] { finish(status_); }) {
    handle_->stream.data = this;
  }

  // `status` is not zero if it failed at once; that is said later.
  void begun(int status) {
    if (status == 0) return;
    status_ = status;
    failed_.schedule();
  }

  static void on_connected(uv_connect_t* request, int status) {
    auto* self = static_cast<Attempt*>(request->handle->data);
    delete request;
    if (self != nullptr) self->finish(status);
  }

  StreamHandle& handle() { return *handle_; }

 private:
  void finish(int status) {
    const Done done = std::exchange(done_, nullptr);
    if (status == 0) {
      done(std::make_unique<Stream>(loop_, std::move(handle_)));
    } else {
      const ErrorKind kind =
          status == UV_ECONNREFUSED ? ErrorKind::connection_refused : ErrorKind::connect_failed;
      done(failure(kind, "connecting to " + target_ + ": " + system_words(status)));
    }
    // `done` may have destroyed this attempt
  }

  Loop& loop_;
  Handle<StreamHandle> handle_;
  const std::string target_;
  Done done_;
  DeferredCall failed_;
  int status_ = 0;
};

}  // namespace

std::unique_ptr<TcpConnect> connect_tcp(Loop& loop, const SocketAddress& address, Done done) {
  auto attempt =
      std::make_unique<Attempt>(loop, new_tcp_handle(loop), address.text(), std::move(done));
  uv_tcp_t* tcp = &attempt->handle().tcp;
  uv_tcp_nodelay(tcp, 1);
  auto* request = new uv_connect_t{};
  const int status = uv_tcp_connect(request, tcp, address.get(), &Attempt::on_connected);
  if (status != 0) delete request;
  attempt->begun(status);
  return attempt;
}

std::unique_ptr<TcpConnect> connect_unix(Loop& loop, const std::string& path, Done done) {
  auto attempt = std::make_unique<Attempt>(loop, new_pipe_handle(loop), path, std::move(done));
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    attempt->begun(UV_ENAMETOOLONG);  // libuv would cut it
    return attempt;
  }
  uv_pipe_connect(new uv_connect_t{}, &attempt->handle().pipe, path.c_str(),
                  &Attempt::on_connected);
  return attempt;
}

}  // namespace trunkd
