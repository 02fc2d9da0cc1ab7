// What an exchange leaves behind: its counts, what is remembered of it, and its log line.

#include <string>
#include <utility>

#include "observe/access_line.h"
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
  remember(total);
  if (context_.access_log.enabled()) write_log_line(total);
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

void Exchange::remember(Duration total) {
  RecentExchange end;
  end.number = number_;
  end.total = total;
  end.started = context_.scheduler.wall_now() - total;
  if (session_) end.session = session_->name();
  end.method = request_.method;
  std::string scratch;
  end.path = loggable_path(request_.target, scratch);
  if (attempts_ > 0) {
    end.origin = route_.origin.text();
    end.queue = facts_.queue;
  }
  if (facts_.connection_id != 0 && !facts_.reused) {
    end.dns = facts_.times.dns;
    end.connect = facts_.times.connect;
    end.tls = facts_.times.tls;
  }
  end.ttfb = facts_.ttfb;
  end.detail = error_detail_;
  if (error_) end.error = failure_of(*error_).word;
  end.bytes_in = tunnel_ ? tunnel_->bytes_up() : body_.received();
  end.bytes_out = tunnel_ ? tunnel_->bytes_down() : bytes_out_;
  end.connection_id = facts_.connection_id;
  end.connection_uses = facts_.uses;
  end.status = status_;
  end.attempts = attempts_;
  end.reused = facts_.reused;
  context_.recent.add(end);
}

void Exchange::write_log_line(Duration total) {
  const std::string id = request_id(context_.id_prefix, number_);
  const std::string host = session_ ? route_.origin.authority() : std::string();
  const std::string_view target = request_.target;
  AccessRecord record;
  record.total = total;
  record.started = context_.scheduler.wall_now() - record.total;
  record.request_id = id;
  if (session_) record.session = session_->name();
  record.method = request_.method;
  if (attempts_ > 0) {
    record.scheme = route_.origin.scheme_name();
    record.host = host;
    record.queue = facts_.queue;
  }
  record.path = target.substr(0, target.find('?'));
  record.status = status_;
  record.bytes_in = tunnel_ ? tunnel_->bytes_up() : body_.received();
  record.bytes_out = tunnel_ ? tunnel_->bytes_down() : bytes_out_;
  record.reused = facts_.reused;
  record.connection_id = facts_.connection_id;
  record.attempts = attempts_;
  if (facts_.connection_id != 0 && !facts_.reused) {
    record.dns = facts_.times.dns;
    record.connect = facts_.times.connect;
    record.tls = facts_.times.tls;
  }
  record.ttfb = facts_.ttfb;
  if (error_) record.error = failure_of(*error_).word;
  context_.access_log.write(record);
}

}  // namespace trunkd
