#include "admin/admin_connection.h"

#include <utility>

#include "http/date.h"
#include "http/query.h"
#include "http/writer.h"

namespace trunkd {
namespace {

constexpr HeadLimits kLimits{.head = 16 * 1024, .target = 4096, .fields = 64};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

AdminRequest to_admin_request(const RequestHead& head, std::string body) {
  AdminRequest request;
  request.method = head.method == "HEAD" ? "GET" : head.method;
  request.body = std::move(body);
  std::string_view target = head.target;
  const size_t mark = target.find('?');
  if (mark != std::string_view::npos) {
    for_each_parameter(
        target.substr(mark + 1), [&](const QueryParameter& parameter, std::string_view) {
          request.query[decoded(parameter.name, true)] = decoded(parameter.value, true);
        });
    target = target.substr(0, mark);
  }
  for (size_t start = 0; start < target.size();) {
    const size_t end = std::min(target.find('/', start), target.size());
    if (end > start) request.path.push_back(decoded(target.substr(start, end - start), false));
    start = end + 1;
  }
  return request;
}

}  // namespace

// Lives as long as somebody means to answer; knows when nobody waits any more.
class AdminConnection::ReplyTo final : public AdminReplyTo {
 public:
  explicit ReplyTo(AdminConnection& connection) : connection_(&connection) {}
  void forget() { connection_ = nullptr; }
  void reply(AdminReply reply) override {
    if (AdminConnection* connection = std::exchange(connection_, nullptr)) {
      connection->send(std::move(reply));
    }
  }

 private:
  AdminConnection* connection_;
};

AdminConnection::AdminConnection(Scheduler& scheduler, AdminHandler& handler, AdminDoor& door,
                                 AdminConnectionOwner& owner, std::unique_ptr<Transport> transport)
    : scheduler_(scheduler),
      handler_(handler),
      door_(door),
      owner_(owner),
      transport_(std::move(transport)),
      parser_(*this, kLimits),
      later_(scheduler, [this] { feed(); }),
      deadline_(scheduler, [this] { close(); }) {
  transport_->set_listener(this);
  transport_->start_reading();
  deadline_.start_at(scheduler_.now() + kPatience);
}

AdminConnection::~AdminConnection() {
  if (reply_to_) reply_to_->forget();
  transport_->set_listener(nullptr);
}

void AdminConnection::on_bytes(std::string_view bytes) {
  if (closed_ || last_) return;  // read and dropped
  unread_.append(bytes);
  if (unread_.size() > kMostBody) return close();
  feed();
}

void AdminConnection::feed() {
  while (!parsing_ && !reply_to_ && !last_ && !closed_ && !unread_.empty()) {
    parsing_ = true;
    const std::string bytes = std::exchange(unread_, {});
    const size_t used = parser_.parse(bytes);
    parsing_ = false;
    unread_.insert(0, bytes, used);
    if (used == 0 && !head_) break;
  }
  if (ended_ && !reply_to_ && !closed_ && transport_->queued() == 0) close();
}

void AdminConnection::on_end() {
  ended_ = true;
  if (!reply_to_ && transport_->queued() == 0) close();
}

void AdminConnection::on_transport_error(const Error&) { close(); }

void AdminConnection::on_drained() {
  if (ended_ && !reply_to_) close();
}

void AdminConnection::on_request_head(RequestHead&& head) {
  deadline_.start_at(scheduler_.now() + kPatience);
  head_ = std::move(head);
  body_.clear();
  refusal_ = refuse_admin(door_, handler_.guard(), *head_);
  const BodyFraming& body = head_->framing;
  if (!refusal_ && body.has_body() && head_->method != "POST") {
    refusal_ = admin_problem(400, "No body wanted", "a body goes with POST only");
  }
  if (!refusal_ && body.kind == Framing::length && body.length > most_body()) {
    refusal_ = too_long();
  }
  if (head_->expect_continue && !refusal_) transport_->write("HTTP/1.1 100 Continue\r\n\r\n");
  if (refusal_ && head_->framing.has_body()) {
    last_ = true;  // its body is not read
    parser_.pause();
    send(std::move(*refusal_));
  }
}

// Whoever brings no token sends little.
size_t AdminConnection::most_body() const {
  return door_.kind == AdminDoor::Kind::local || head_->target != "/token" ? kMostBody : kMostToken;
}

AdminReply AdminConnection::too_long() const {
  return admin_problem(413, "Too long", std::to_string(most_body() / 1024) + " KiB are the most");
}

void AdminConnection::on_request_body(std::string_view bytes) {
  if (last_) return;
  body_.append(bytes);
  if (body_.size() <= most_body()) return;
  last_ = true;
  parser_.pause();
  send(too_long());
}

void AdminConnection::on_request_end(Headers&&) {
  if (last_) return;
  parser_.pause();
  deadline_.stop();  // the answer is ours to give
  if (!head_->keep_alive) last_ = true;
  if (refusal_) return send(std::move(*refusal_));
  reply_to_ = std::make_shared<ReplyTo>(*this);
  handler_.handle(to_admin_request(*head_, std::move(body_)), door_, reply_to_);
}

void AdminConnection::on_request_error(const Error& error) {
  last_ = true;
  const Failure& failure = failure_of(error.kind);
  send(admin_problem(failure.status, failure.title, error.detail));
}

void AdminConnection::send(AdminReply reply) {
  reply_to_.reset();
  if (closed_) return;
  if (reply.keeps) kept_.push_back(std::move(reply.keeps));
  std::string out;
  append_status_line(out, reply.status, standard_reason(reply.status));
  append_field(out, "Date", format_http_date(scheduler_.wall_now()));
  append_field(out, "Content-Type", reply.content_type);
  append_field(out, "Content-Length", uint64_t{reply.body.size()});
  append_field(out, "Cache-Control", "no-store");
  append_field(out, "X-Content-Type-Options", "nosniff");
  if (last_) append_field(out, "Connection", "close");
  out += reply.fields;
  append_end_of_head(out);
  if (!head_ || head_->method != "HEAD") out += reply.body;
  head_.reset();
  const bool all_left = transport_->write(out) == 0;
  if (kept_.empty()) deadline_.start_at(scheduler_.now() + kPatience);
  if (last_ || ended_) {
    transport_
        ->shutdown();  // what still comes is read and dropped, so that no reset eats the answer
    if (all_left && ended_) later_.schedule();
  } else {
    later_.schedule();
  }
}

void AdminConnection::close() {
  if (std::exchange(closed_, true)) return;
  deadline_.stop();
  later_.cancel();
  transport_->set_listener(nullptr);
  transport_->stop_reading();
  owner_.on_admin_closed(*this);
}

}  // namespace trunkd
