// The access log: one line, text or JSON, for each exchange.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/file_sink.h"
#include "base/scheduler.h"

namespace trunkd {

// What one exchange leaves behind. Views must be valid during AccessLog::write() only. No
// credentials, no cookies, no query strings: `path` is without query.
struct AccessRecord {
  WallTime started{};
  std::string_view request_id;
  std::string_view session;  // empty: none was found
  std::string_view method;
  std::string_view scheme;  // of the origin; empty if there was none
  std::string_view host;    // of the origin with its port if not the scheme's
  std::string_view path;    // as sent by the client, without query
  int status = 0;           // 0: the client left before there was one
  uint64_t bytes_in = 0;    // request body, payload
  uint64_t bytes_out = 0;   // response body, payload
  bool reused = false;
  uint64_t connection_id = 0;  // 0: none was used
  int attempts = 0;
  std::optional<Duration> queue, dns, connect, tls, ttfb;
  Duration total{};
  std::string_view
      error;  // the word of failure_of(); "client_gone" if the client left; empty if all went well
};

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
  void write(const AccessRecord& record);
  uint64_t dropped() const;  // since the start, lines that could not be written included

  static constexpr size_t kMostPending = 1024 * 1024;

 private:
  struct State;
  std::shared_ptr<State>
      state_;  // shared with nobody; a write's late answer asks if it is still there
};

}  // namespace trunkd
