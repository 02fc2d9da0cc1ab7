#include "http/response_parser.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "http/message_reader.h"
#include "http/status_line.h"

namespace trunkd {
namespace {

// An origin that never comes to its point is broken.
constexpr int kMaxInformational = 64;

// What a status line has beside its reason: "HTTP/1.1 200 " and CRLF.
constexpr size_t kStatusLineRest = 15;

bool is_informational(int status) { return status < 200 && status != 101; }

}  // namespace

// A response that is awaited or read; the 1xx before it are read by the same object.
struct ResponseParser::State final : MessageReader {
  State(ResponseListener& to, const HeadLimits& limits)
      : MessageReader(HTTP_RESPONSE, limits, ErrorKind::bad_response, ErrorKind::bad_response),
        listener(to),
        line(head, limits.head) {}

  void expect(bool for_head_request, bool with_upgrade) {
    expecting = true;
    started = false;
    head_request = for_head_request;
    upgrade_requested = with_upgrade;
    informational = 0;
    next_message();
  }

  // Up to the end of one message.
  size_t parse(std::string_view bytes) {
    started = started || !bytes.empty();
    const size_t used = line.complete() ? 0 : read_line(bytes);
    if (!line.complete() || violation()) return used;
    return used + read(bytes.substr(used));
  }

  bool ends_with_the_stream() const {
    return in_payload() && framing.kind == Framing::until_close && !violation();
  }

  void next_message() {
    restart();
    line.restart();
    head = ResponseHead();
    informing = false;
  }

  Headers take_trailers() { return std::move(fields()); }

  ResponseListener& listener;
  ResponseHead head;  // until it is complete
  StatusLine line;
  BodyFraming framing;  // of the message whose body is being read
  int informational = 0;
  bool expecting = false, started = false, failed = false;
  bool head_request = false, upgrade_requested = false;
  bool informing = false;  // the message is a 1xx, and another follows

 private:
  size_t read_line(std::string_view bytes) {
    const size_t used = line.read(bytes);
    if (line.violation()) violate(*line.violation());
    if (line.complete()) {
      std::array<char, 3> status;
      std::to_chars(status.begin(), status.end(), head.status);
      const std::string_view version = head.minor_version > 0 ? "HTTP/1.1 " : "HTTP/1.0 ";
      const size_t received = head.reason.size() + kStatusLineRest;
      if (!start({version, {status.data(), status.size()}, " \r\n"}, received)) {
        violate({ErrorKind::bad_response, "no valid HTTP/1 status line"});
      }
    }
    return used;
  }

  Body on_head_complete() override {
    head.headers = std::move(fields());
    const auto found = response_framing(head, head_request);
    if (!found) {
      violate(found.error());
      return Body::none;
    }
    framing = head.framing = *found;
    head.keep_alive = sender_keeps_alive(head.headers, head.minor_version) &&
                      framing.kind != Framing::until_close;
    if (head.status < 200) return on_informational_head();
    const bool no_body = head_request || head.status == 204 || head.status == 304;
    if (!no_body) check_agreement(framing);
    if (!violation()) listener.on_response_head(std::move(head));
    return no_body ? Body::none : Body::framed;
  }

  Body on_informational_head() {
    if (is_informational(head.status)) {
      informing = true;
      if (++informational > kMaxInformational) {
        violate({ErrorKind::bad_response, "too many informational responses"});
      } else {
        listener.on_informational(std::move(head));
      }
      return Body::none;
    }
    if (!upgrade_requested || head.minor_version == 0) {
      violate({ErrorKind::bad_response, "an upgrade that nobody asked for"});
      return Body::none;
    }
    expecting = false;
    listener.on_response_head(std::move(head));
    return Body::tunnel;
  }

  void on_payload(std::string_view bytes) override { listener.on_response_body(bytes); }
};

ResponseParser::ResponseParser(ResponseListener& listener, const HeadLimits& limits)
    : state_(std::make_unique<State>(listener, limits)) {}

ResponseParser::~ResponseParser() = default;

void ResponseParser::expect(bool head_request, bool upgrade_requested) {
  state_->expect(head_request, upgrade_requested);
}

size_t ResponseParser::parse(std::string_view bytes) {
  State& state = *state_;
  if (!state.expecting || state.failed) return 0;
  state.resume();
  size_t used = 0;
  do {
    if (state.complete() && state.informing) state.next_message();
    used += state.parse(bytes.substr(used));
    if (state.paused() || !state.expecting) return used;
    if (const auto violation = state.violation()) {
      fail({violation->kind, std::string(violation->detail), {}});
      return used;
    }
  } while (state.complete() && state.informing && used < bytes.size());
  if (state.complete() && !state.informing) finish();
  return used;
}

void ResponseParser::pause() { state_->pause(); }

void ResponseParser::end_of_stream() {
  State& state = *state_;
  if (!state.expecting || state.failed) return;
  state.resume();
  if (state.ends_with_the_stream() || (state.complete() && !state.informing)) {
    finish();
  } else {
    fail({ErrorKind::connection_terminated,
          state.started ? "the origin closed the connection within its response"
                        : "the origin closed the connection without a response",
          {}});
  }
}

bool ResponseParser::failed() const { return state_->failed; }
bool ResponseParser::expecting() const { return state_->expecting && !state_->failed; }
bool ResponseParser::response_started() const { return state_->started; }

void ResponseParser::finish() {
  state_->expecting = false;
  state_->listener.on_response_end(state_->take_trailers());
}

void ResponseParser::fail(const Error& error) {
  state_->failed = true;
  state_->expecting = false;
  state_->listener.on_response_error(error);
}

}  // namespace trunkd
