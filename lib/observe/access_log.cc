#include "observe/access_log.h"

#include <algorithm>
#include <utility>

#include "observe/access_line.h"

namespace trunkd {

struct AccessLog::State : std::enable_shared_from_this<State> {
  State(Scheduler& with_scheduler, FileSink& to_sink, Format in_format)
      : scheduler(with_scheduler),
        sink(to_sink),
        format(in_format),
        flush_later(with_scheduler, [this] { flush(); }) {}

  bool full() const { return sink.pending() + lines.size() >= kMostPending; }
  void write(const ExchangeRecord& record);
  void flush();
  struct Batch;
  void on_written(const Result<size_t>& written, const Batch& batch);
  void report_dropped();

  Scheduler& scheduler;
  FileSink& sink;
  const Format format;
  // What `lines` holds, to be taken back if it cannot be written.
  struct Batch {
    uint64_t records = 0;
    uint64_t told_dropped = 0;  // by the lines about dropped ones
  };
  std::string lines;  // of this turn of the loop
  Batch batch;
  uint64_t dropped = 0;
  uint64_t told = 0;  // of `dropped`, what lines in the log tell
  DeferredCall flush_later;
};

void AccessLog::State::write(const ExchangeRecord& record) {
  if (full()) {
    ++dropped;
    return;
  }
  report_dropped();
  if (format == Format::json) {
    append_json_line(lines, record);
  } else {
    append_text_line(lines, record);
  }
  ++batch.records;
  flush_later.schedule();
}

void AccessLog::State::report_dropped() {
  if (dropped == told) return;
  append_dropped_line(lines, format, scheduler.wall_now(), dropped - told);
  batch.told_dropped += dropped - told;
  told = dropped;
  flush_later.schedule();
}

void AccessLog::State::flush() {
  if (lines.empty()) return;
  // The file may answer when the log is gone.
  sink.append(std::exchange(lines, {}), [state = weak_from_this(), sent = std::exchange(batch, {})](
                                            const Result<size_t>& written) {
    if (const auto alive = state.lock()) alive->on_written(written, sent);
  });
}

void AccessLog::State::on_written(const Result<size_t>& written, const Batch& sent) {
  if (!written) {
    // Told with the next record: to write at once to a file that cannot be written would go round
    // in circles.
    dropped += sent.records;
    told -= sent.told_dropped;
  } else if (!full()) {
    report_dropped();
  }
}

AccessLog::AccessLog(Scheduler& scheduler, FileSink* sink, Format format)
    : state_(sink == nullptr ? nullptr : std::make_shared<State>(scheduler, *sink, format)) {}

AccessLog::~AccessLog() {
  if (state_) state_->flush();
}

void AccessLog::write(const ExchangeRecord& record) {
  if (state_) state_->write(record);
}

uint64_t AccessLog::dropped() const { return state_ ? state_->dropped : 0; }

}  // namespace trunkd
