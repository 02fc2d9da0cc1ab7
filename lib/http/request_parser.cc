#include "http/request_parser.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "http/message_reader.h"
#include "http/request_line.h"

namespace trunkd {
namespace {

// "a server SHOULD ignore at least one empty line (CRLF) received prior to the request-line"
// (RFC 9112, 2.2); two, for clients that end each body with one.
constexpr uint8_t kMaxStrayBytes = 4;

// Two spaces, the version and CRLF: what a request line has beside method and target.
constexpr size_t kRequestLineRest = 12;

// Only in HTTP/1.1; other expectations are left to whoever answers (RFC 9110, 10.1.1).
bool expects_continue(const RequestHead& head) {
  const auto expectation = head.headers.get("Expect");
  return head.minor_version > 0 && expectation && iequals(*expectation, "100-continue");
}

}  // namespace

// A request that is being read.
class RequestParser::Message final : public MessageReader {
 public:
  Message(RequestListener& listener, const HeadLimits& limits)
      : MessageReader(HTTP_REQUEST, limits, ErrorKind::malformed_request,
                      ErrorKind::head_too_large),
        listener_(listener),
        line_(head_, limits.target) {}

  size_t parse(std::string_view bytes) {
    const size_t used = line_.complete() ? 0 : read_line(bytes);
    if (!line_.complete() || violation()) return used;
    return used + read(bytes.substr(used));
  }

  Headers take_trailers() { return std::move(fields()); }

 private:
  size_t read_line(std::string_view bytes) {
    const size_t used = line_.read(bytes);
    if (line_.violation()) violate(*line_.violation());
    if (line_.complete()) {
      const size_t received = head_.method.size() + head_.target.size() + kRequestLineRest;
      // The target has been checked; llhttp needs one, but not this one.
      const std::string_view rest = head_.minor_version > 0 ? " / HTTP/1.1\r\n" : " / HTTP/1.0\r\n";
      if (!start({head_.method, rest}, received)) {
        violate({ErrorKind::unknown_method, "an unknown method"});
      }
    }
    return used;
  }

  Body on_head_complete() override {
    head_.headers = std::move(fields());
    const auto framing = request_framing(head_);
    if (const auto bad_host = check_host(head_)) violate(*bad_host);
    if (framing) {
      head_.framing = *framing;
      check_agreement(*framing);
    } else {
      violate(framing.error());
    }
    if (violation()) return Body::framed;

    head_.keep_alive = sender_keeps_alive(head_.headers, head_.minor_version);
    head_.expect_continue = expects_continue(head_);
    listener_.on_request_head(std::move(head_));
    return Body::framed;
  }

  void on_payload(std::string_view bytes) override { listener_.on_request_body(bytes); }

  RequestListener& listener_;
  RequestHead head_;
  RequestLine line_;
};

RequestParser::RequestParser(RequestListener& listener, const HeadLimits& limits)
    : listener_(listener), limits_(limits) {}

RequestParser::~RequestParser() = default;

size_t RequestParser::parse(std::string_view bytes) {
  if (failed_) return 0;
  size_t used = 0;
  if (!message_) {
    used = skip_stray_line_ends(bytes);
    if (failed_) {
      fail({ErrorKind::malformed_request, "line ends where a request should start"});
      return used;
    }
    if (used == bytes.size()) return used;
    message_ = std::make_unique<Message>(listener_, limits_);
  }

  message_->resume();
  used += message_->parse(bytes.substr(used));
  if (message_->paused()) return used;  // what else there is to say is for the next call
  if (const auto violation = message_->violation()) {
    fail(*violation);
  } else if (message_->complete()) {
    Headers trailers = message_->take_trailers();
    message_.reset();
    stray_bytes_ = 0;
    listener_.on_request_end(std::move(trailers));
  }
  return used;
}

void RequestParser::pause() {
  if (message_) message_->pause();
}

// CR LF CR LF at most, and no CR without its LF.
size_t RequestParser::skip_stray_line_ends(std::string_view bytes) {
  size_t used = 0;
  for (; used < bytes.size(); ++used) {
    const bool line_feed_due = stray_bytes_ % 2 == 1;
    const char c = bytes[used];
    if (c != '\r' && c != '\n' && !line_feed_due) break;
    failed_ = c != (line_feed_due ? '\n' : '\r') || stray_bytes_ == kMaxStrayBytes;
    if (failed_) break;
    ++stray_bytes_;
  }
  return used;
}

void RequestParser::fail(const Violation& violation) {
  failed_ = true;
  message_.reset();
  listener_.on_request_error({violation.kind, std::string(violation.detail), {}});
}

}  // namespace trunkd
