#include "daemon/demo/caller.h"

#include <utility>

#include "base/text.h"
#include "daemon/demo/squares.h"
#include "http/writer.h"

namespace trunkd {
namespace {

constexpr Duration kConnectTimeout = 30s;

}  // namespace

Caller::Caller(const CallerParts& parts, Owner& owner, const CallerSettings& settings)
    : loop_(parts.loop),
      addresses_(parts.addresses),
      trust_(parts.trust),
      owner_(owner),
      settings_(settings),
      call_next_(parts.loop, [this] { call_next(); }) {}

Caller::~Caller() = default;

void Caller::start() { call_next_.schedule(); }

void Caller::call_next() {
  const std::optional<uint64_t> number = owner_.next_number();
  if (!number) return hang_up();
  number_ = *number;
  started_ = loop_.now();
  head_ = {};
  body_.clear();
  broken_.clear();
  answered_ = false;
  if (transport_) return send();
  dial();
}

// Without trunkd every call has a TLS context of its own, so that no session is resumed: that is
// what a client that starts from nothing has. The trust store is read once all the same.
void Caller::dial() {
  const bool direct = settings_.way == Way::new_connection_each;
  if (direct) {
    TlsSettings settings;
    settings.ca_file = settings_.ca_file;
    auto tls = TlsContext::create(settings, trust_);
    if (!tls) return end_call(tls.error().detail);
    tls_ = std::move(*tls);
  }
  const Origin origin{direct ? Scheme::https : Scheme::http, "127.0.0.1", settings_.port};
  connector_ = std::make_unique<Connector>(Connector::Parts{loop_, addresses_, tls_.get()}, origin,
                                           kConnectTimeout);
  connector_->start([this](Result<Dialled> dialled) { on_dialled(std::move(dialled)); });
}

void Caller::on_dialled(Result<Dialled> dialled) {
  if (!dialled) return end_call("connecting: " + dialled.error().detail);
  transport_ = std::move(dialled->transport);
  transport_->set_listener(this);
  transport_->start_reading();
  ResponseListener& listener = *this;
  parser_.emplace(listener, HeadLimits{});
  send();
}

void Caller::send() {
  const bool direct = settings_.way == Way::new_connection_each;
  std::string request;
  append_request_line(request, "GET", direct ? square_path(number_) : square_call(number_));
  append_field(request, "Host", "127.0.0.1:" + std::to_string(settings_.port));
  if (direct) append_field(request, "Connection", "close");
  append_end_of_head(request);
  parser_->expect(false, false);
  transport_->write(request);
}

void Caller::on_bytes(std::string_view bytes) {
  const size_t used = parser_->parse(bytes);
  if (!broken_.empty() || parser_->failed()) return end_call("broken answer: " + broken_);
  if (used < bytes.size()) return end_call("bytes after the answer");
  if (answered_) check_answer();
}

void Caller::on_response_head(ResponseHead&& head) { head_ = std::move(head); }

void Caller::check_answer() {
  if (head_.status != 200) {
    return end_call("call " + std::to_string(number_) + " was answered " +
                    std::to_string(head_.status) + ' ' + escaped(body_));
  }
  if (body_ != square_answer(number_)) {
    return end_call("call " + std::to_string(number_) + " was answered " + escaped(body_));
  }
  end_call({});
}

void Caller::on_end() {
  if (answered_ || !transport_) return hang_up();
  end_call("the connection ended before the answer");
}

void Caller::on_transport_error(const Error& error) {
  end_call("the connection broke: " + error.detail);
}

// The next call begins when nothing of this one is on the stack any more.
void Caller::end_call(const std::string& failure) {
  if (!failure.empty() || !head_.keep_alive || settings_.way == Way::new_connection_each) hang_up();
  call_next_.schedule();
  owner_.on_call_over(loop_.now() - started_, failure);
}

void Caller::hang_up() {
  if (!transport_) return;
  transport_->set_listener(nullptr);
  transport_->shutdown();
  loop_.dispose(std::move(transport_));
}

}  // namespace trunkd
