#include "daemon/commands/ctl/admin_client.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "base/text.h"
#include "http/response_parser.h"
#include "http/writer.h"

namespace trunkd {
namespace {

constexpr size_t kMostAnswer = size_t{64} * 1024 * 1024;
constexpr const char* kSystemSocket = "/run/trunkd/admin.sock";

// One answer, from its bytes.
class AnswerReader final : private ResponseListener {
 public:
  AnswerReader() : parser_(*this, HeadLimits{}) { parser_.expect(false, false); }

  void parse(std::string_view bytes) { parser_.parse(bytes); }
  void end_of_stream() { parser_.end_of_stream(); }
  bool finished() const { return finished_ || error_; }
  Result<AdminAnswer> take() {
    if (error_) return tl::unexpected(*error_);
    return std::move(answer_);
  }

 private:
  void on_informational(ResponseHead&&) override {}
  void on_response_head(ResponseHead&& head) override {
    answer_.status = head.status;
    answer_.content_type = head.headers.get("Content-Type").value_or("");
  }
  void on_response_body(std::string_view bytes) override {
    answer_.body.append(bytes);
    if (answer_.body.size() <= kMostAnswer || error_) return;
    error_ = Error{ErrorKind::bad_response, "the answer is longer than 64 MiB"};
    parser_.pause();
  }
  void on_response_end(Headers&&) override { finished_ = true; }
  void on_response_error(const Error& error) override { error_ = error; }

  ResponseParser parser_;
  AdminAnswer answer_;
  std::optional<Error> error_;
  bool finished_ = false;
};

std::string question(std::string_view method, std::string_view target) {
  std::string request;
  append_request_line(request, method, target);
  append_field(request, "Host", "localhost");
  append_field(request, "Accept", "application/json, application/problem+json, */*");
  return request;
}

// Both directions, and also the wait for a place in the backlog.
void set_patience(int fd, Duration patience) {
  timeval time{};
  time.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(patience).count();
  time.tv_usec = (patience % 1s).count();
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

tl::unexpected<Error> nobody_there(const std::string& path, int error) {
  std::string detail = error == ENOENT ? "there is no admin socket at " + path
                                       : "nobody listens at " + path + " any more";
  detail += ": is trunkd running? Name its socket by --socket, or its configuration by -c";
  if (path != kSystemSocket && access(kSystemSocket, F_OK) == 0) {
    detail += std::string(". The system service has ") + kSystemSocket + ": use sudo, or name it";
  }
  return tl::unexpected(Error{ErrorKind::internal, std::move(detail), {}, error});
}

tl::unexpected<Error> not_connected(const std::string& path, int error) {
  if (error == ENOENT || error == ENOTDIR || error == ECONNREFUSED) {
    return nobody_there(path, error);
  }
  if (error == EACCES || error == EPERM) {
    return tl::unexpected(Error{ErrorKind::internal,
                                "you may not use " + path +
                                    ": run this as the daemon's user or as root (sudo), or let its "
                                    "group in by admin.mode: \"0660\" (another one by admin.group)",
                                {},
                                error});
  }
  return file_failure("connect to", path, error);
}

}  // namespace

Result<AdminAnswer> AdminClient::get(const std::string& target) {
  std::string request = question("GET", target);
  append_end_of_head(request);
  return ask(request);
}

Result<AdminAnswer> AdminClient::post(const std::string& target, const std::string& json) {
  std::string request = question("POST", target);
  append_field(request, "Content-Type", "application/json");
  append_field(request, "Content-Length", uint64_t{json.size()});
  append_end_of_head(request);
  return ask(request + json);
}

Result<AdminAnswer> AdminClient::ask(const std::string& request) {
  if (auto connected = connect(); !connected) return tl::unexpected(connected.error());
  if (auto sent = send(request); !sent) return tl::unexpected(sent.error());
  return receive();
}

Result<void> AdminClient::connect() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path) {
    return failure(ErrorKind::internal, "the path of the socket is too long: " + escaped(path_));
  }
  std::memcpy(address.sun_path, path_.data(), path_.size());
  connection_ = Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!connection_) return file_failure("connect to", path_, errno);
  set_patience(connection_.get(), patience_);
  int done = -1;
  do {
    done =
        ::connect(connection_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } while (done != 0 && errno == EINTR);
  if (done == 0) return {};
  if (errno == EAGAIN) return no_answer(errno);
  return not_connected(path_, errno);
}

// A daemon that has answered before it had read all may have closed: then the answer counts.
Result<void> AdminClient::send(const std::string& request) {
  std::string_view left = request;
  while (!left.empty()) {
    const ssize_t sent = ::send(connection_.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      left.remove_prefix(static_cast<size_t>(sent));
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return {};
    } else if (errno != EINTR) {
      return no_answer(errno);
    }
  }
  return {};
}

Result<AdminAnswer> AdminClient::receive() {
  AnswerReader reader;
  std::array<char, 65536> buffer{};
  while (!reader.finished()) {
    const ssize_t got = recv(connection_.get(), buffer.data(), buffer.size(), 0);
    if (got > 0) {
      reader.parse({buffer.data(), static_cast<size_t>(got)});
    } else if (got == 0) {
      reader.end_of_stream();
    } else if (errno != EINTR) {
      return no_answer(errno);
    }
  }
  auto answer = reader.take();
  if (!answer) {
    return failure(ErrorKind::bad_response,
                   "no proper answer from " + path_ + ": " + answer.error().detail);
  }
  return answer;
}

tl::unexpected<Error> AdminClient::no_answer(int error) const {
  if (error != EAGAIN) return file_failure("talk to", path_, error);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(patience_).count();
  return tl::unexpected(
      Error{ErrorKind::response_timeout,
            "trunkd does not answer at " + path_ + " (waited " + std::to_string(seconds) + " s)",
            {},
            ETIMEDOUT});
}

}  // namespace trunkd
