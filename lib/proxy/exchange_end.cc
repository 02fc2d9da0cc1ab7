// What an exchange leaves behind: its counts, and the record that is logged and remembered.

#include <string>
#include <utility>

#include "observe/access_line.h"
#include "observe/exchange_record.h"
#include "proxy/exchange.h"
#include "proxy/response_info.h"

namespace trunkd {

// Each exchange counts as begun exactly once, and as ended.
void Exchange::begin_count() {
  metrics_ = session_ ? &session_->metrics() : &context_.unrouted;
  ++metrics_->requests;
  ++metrics_->active;
}

void Exchange::conclude() {
  if (std::exchange(concluded_, true)) return;
  const Duration total = context_.scheduler.now() - started_;
  count(total);
  report(total);
}

void Exchange::count(Duration total) {
  if (metrics_ == nullptr) begin_count();  // it was never routed
  SessionMetrics& metrics = *metrics_;
  --metrics.active;
  if (tunnel_) --metrics.tunnels_active;
  metrics.bytes_in += tunnel_ ? tunnel_->bytes_up() : body_.received();
  metrics.bytes_out += tunnel_ ? tunnel_->bytes_down() : bytes_out_;
  if (facts_.connection_id != 0) metrics.queue.observe(facts_.queue);
  if (facts_.ttfb) metrics.first_byte.observe(*facts_.ttfb);
  if (!answered_) return metrics.aborted.add(error_.value_or(ErrorKind::internal));
  (by_us_ ? metrics.from_us : metrics.from_origin).add(status_);
  if (by_us_ && error_) metrics.errors.add(*error_);
  if (!tunnel_) metrics.total.observe(total);
}

void Exchange::report(Duration total) {
  std::string id, host, scratch;
  ExchangeRecord record;
  record.number = number_;
  record.total = total;
  record.started = context_.scheduler.wall_now() - total;
  if (session_) record.session = session_->name();
  record.method = request_.method;
  record.path = loggable_path(request_.target, scratch);
  record.attempts = attempts_;
  if (attempts_ > 0) {
    host = route_.origin.authority();
    record.scheme = route_.origin.scheme_name();
    record.host = host;
    record.queue = facts_.queue;
  }
  if (facts_.connection_id != 0 && !facts_.reused) {
    record.dns = facts_.times.dns;
    record.connect = facts_.times.connect;
    record.tls = facts_.times.tls;
  }
  record.ttfb = facts_.ttfb;
  record.status = status_;
  record.bytes_in = tunnel_ ? tunnel_->bytes_up() : body_.received();
  record.bytes_out = tunnel_ ? tunnel_->bytes_down() : bytes_out_;
  record.connection_id = facts_.connection_id;
  record.connection_uses = facts_.uses;
  record.reused = facts_.reused;
  if (error_) record.error = failure_of(*error_).word;
  record.detail = error_detail_;

  context_.recent.add(record);
  if (context_.access_log.enabled()) {
    id = request_id(context_.id_prefix, number_);
    record.request_id = id;
    context_.access_log.write(record);
  }
}

}  // namespace trunkd
