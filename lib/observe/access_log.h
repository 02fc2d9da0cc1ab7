// The access log: one line, text or JSON, for each exchange.

#pragma once

#include <cstdint>
#include <memory>

#include "base/file_sink.h"
#include "base/scheduler.h"
#include "observe/exchange_record.h"

namespace trunkd {

class AccessLog {
 public:
  enum class Format { text, json };
  // `sink` may be null: nothing is written, and write() costs nothing. Else `scheduler` and `sink`
  // must outlive the log.
  AccessLog(Scheduler& scheduler, FileSink* sink, Format format);
  ~AccessLog();  // hands over what has gathered
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  bool enabled() const { return state_ != nullptr; }
  // Formats into memory; what has gathered goes to the sink in one write after the current events.
  // When the sink does not keep up (more than kMostPending bytes on their way), lines are dropped
  // and counted; the count is written as soon as it can be.
  void write(const ExchangeRecord& record);
  uint64_t dropped() const;  // since the start, lines that could not be written included

  static constexpr size_t kMostPending = 1024 * 1024;

 private:
  struct State;
  std::shared_ptr<State>
      state_;  // shared with nobody; a write's late answer asks if it is still there
};

}  // namespace trunkd
